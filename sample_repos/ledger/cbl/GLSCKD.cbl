000100 IDENTIFICATION DIVISION.                                         GLSCKD
000200 PROGRAM-ID.    GLSCKD.                                           GLSCKD
000300 AUTHOR.        H WESTERGAARD.                                    GLSCKD
000400 DATE-WRITTEN.  MARCH 1986.                                       GLSCKD
000500*    CHECK DIGIT OF AN ACCOUNT NUMBER, MODULUS 10, WEIGHTS 2 1    GLSCKD
000600 ENVIRONMENT DIVISION.                                            GLSCKD
000700 DATA DIVISION.                                                   GLSCKD
000800 WORKING-STORAGE SECTION.                                         GLSCKD
000900 01  WS-WORK.                                                     GLSCKD
001000     05  WS-IX                       PIC 9(02).                   GLSCKD
001100     05  WS-SUM                      PIC 9(04).                   GLSCKD
001200     05  WS-PART                     PIC 9(02).                   GLSCKD
001300     05  WS-PART-R REDEFINES WS-PART.                             GLSCKD
001400         10  WS-TENS                 PIC 9(01).                   GLSCKD
001500         10  WS-UNITS                PIC 9(01).                   GLSCKD
001600     05  WS-WEIGHT                   PIC 9(01).                   GLSCKD
001700     05  WS-QUOT                     PIC 9(04).                   GLSCKD
001800     05  WS-REST                     PIC 9(01).                   GLSCKD
001900 LINKAGE SECTION.                                                 GLSCKD
002000 01  LK-ACCOUNT                      PIC 9(08).                   GLSCKD
002100 01  LK-DIGITS REDEFINES LK-ACCOUNT.                              GLSCKD
002200     05  LK-DIGIT                    PIC 9(01) OCCURS 8.          GLSCKD
002300 01  LK-RESULT                       PIC X(01).                   GLSCKD
002400 PROCEDURE DIVISION USING LK-ACCOUNT LK-RESULT.                   GLSCKD
002500 0000-CONTROL.                                                    GLSCKD
002600     MOVE '9' TO LK-RESULT.                                       GLSCKD
002700     IF LK-ACCOUNT NOT NUMERIC                                    GLSCKD
002800         GO TO 9000-RETURN.                                       GLSCKD
002900     MOVE ZERO TO WS-SUM.                                         GLSCKD
003000     MOVE 1 TO WS-WEIGHT.                                         GLSCKD
003100     PERFORM 1000-WEIGH THRU 1000-EXIT                            GLSCKD
003200         VARYING WS-IX FROM 8 BY -1 UNTIL WS-IX < 1.              GLSCKD
003300     DIVIDE WS-SUM BY 10 GIVING WS-QUOT REMAINDER WS-REST.        GLSCKD
003400     IF WS-REST = ZERO                                            GLSCKD
003500         MOVE '0' TO LK-RESULT.                                   GLSCKD
003600 9000-RETURN.                                                     GLSCKD
003700     GOBACK.                                                      GLSCKD
003800 1000-WEIGH.                                                      GLSCKD
003900     MULTIPLY LK-DIGIT (WS-IX) BY WS-WEIGHT GIVING WS-PART.       GLSCKD
004000     ADD WS-TENS WS-UNITS TO WS-SUM.                              GLSCKD
004100     SUBTRACT WS-WEIGHT FROM 3 GIVING WS-WEIGHT.                  GLSCKD
004200 1000-EXIT.                                                       GLSCKD
004300     EXIT.                                                        GLSCKD
