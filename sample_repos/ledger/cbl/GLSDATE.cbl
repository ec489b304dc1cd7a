000100 IDENTIFICATION DIVISION.                                         GLSDATE
000200 PROGRAM-ID.    GLSDATE.                                          GLSDATE
000300 AUTHOR.        H WESTERGAARD.                                    GLSDATE
000400 DATE-WRITTEN.  MARCH 1986.                                       GLSDATE
000500***************************************************************** GLSDATE
000600* CALENDAR ROUTINE. VALIDATES A DATE YYMMDD, COUNTS DAYS BETWEEN* GLSDATE
000700* TWO DATES. CALLED BY ALMOST EVERY GL PROGRAM.                 * GLSDATE
000800*                                                               * GLSDATE
000900* 98-11 RTC  YEAR 2000: YEARS BELOW 50 ARE 20XX. GOOD UNTIL 2049* Y2K
001000* 98-11 RTC  2000 IS A LEAP YEAR, 1900 IS NOT                   * Y2K
001100***************************************************************** GLSDATE
001200 ENVIRONMENT DIVISION.                                            GLSDATE
001300 DATA DIVISION.                                                   GLSDATE
001400 WORKING-STORAGE SECTION.                                         GLSDATE
001500 01  WS-MONTH-TABLE.                                              GLSDATE
001600     05  FILLER                      PIC X(24)                    GLSDATE
001700             VALUE '312831303130313130313031'.                    GLSDATE
001800 01  WS-MONTHS REDEFINES WS-MONTH-TABLE.                          GLSDATE
001900     05  WS-MONTH-DAYS               PIC 9(02) OCCURS 12.         GLSDATE
002000 01  WS-WORK.                                                     GLSDATE
002100     05  WS-YEAR                     PIC 9(04).                   GLSDATE
002200     05  WS-QUOT                     PIC 9(04).                   GLSDATE
002300     05  WS-REST                     PIC 9(04).                   GLSDATE
002400     05  WS-LIMIT                    PIC 9(02).                   GLSDATE
002500     05  WS-IX                       PIC 9(02).                   GLSDATE
002600     05  WS-SERIAL                   PIC S9(07) COMP-3.           GLSDATE
002700     05  WS-SERIAL-1                 PIC S9(07) COMP-3.           GLSDATE
002800     05  WS-DATE                     PIC 9(06).                   GLSDATE
002900     05  WS-DATE-R REDEFINES WS-DATE.                             GLSDATE
003000         10  WS-YY                   PIC 9(02).                   GLSDATE
003100         10  WS-MM                   PIC 9(02).                   GLSDATE
003200         10  WS-DD                   PIC 9(02).                   GLSDATE
003300 LINKAGE SECTION.                                                 GLSDATE
003400     COPY GLDATE.                                                 GLSDATE
003500 PROCEDURE DIVISION USING DT-AREA.                                GLSDATE
003600 0000-CONTROL.                                                    GLSDATE
003700     MOVE '0' TO DT-RESULT.                                       GLSDATE
003800     MOVE DT-DATE-1 TO WS-DATE.                                   GLSDATE
003900     PERFORM 1000-CHECK THRU 1000-EXIT.                           GLSDATE
004000     IF DT-BAD                                                    GLSDATE
004100         GO TO 9000-RETURN.                                       GLSDATE
004200     IF NOT DT-DAYS-BETWEEN                                       GLSDATE
004300         GO TO 9000-RETURN.                                       GLSDATE
004400     PERFORM 2000-SERIAL THRU 2000-EXIT.                          GLSDATE
004500     MOVE WS-SERIAL TO WS-SERIAL-1.                               GLSDATE
004600     MOVE DT-DATE-2 TO WS-DATE.                                   GLSDATE
004700     PERFORM 1000-CHECK THRU 1000-EXIT.                           GLSDATE
004800     IF DT-BAD                                                    GLSDATE
004900         GO TO 9000-RETURN.                                       GLSDATE
005000     PERFORM 2000-SERIAL THRU 2000-EXIT.                          GLSDATE
005100     COMPUTE DT-DAYS = WS-SERIAL - WS-SERIAL-1.                   GLSDATE
005200 9000-RETURN.                                                     GLSDATE
005300     GOBACK.                                                      GLSDATE
005400*                                                                 GLSDATE
005500 1000-CHECK.                                                      GLSDATE
005600     IF WS-DATE NOT NUMERIC                                       GLSDATE
005700         MOVE '9' TO DT-RESULT                                    GLSDATE
005800         GO TO 1000-EXIT.                                         GLSDATE
005900     IF WS-MM < 1 OR WS-MM > 12 OR WS-DD < 1                      GLSDATE
006000         MOVE '9' TO DT-RESULT                                    GLSDATE
006100         GO TO 1000-EXIT.                                         GLSDATE
006200     PERFORM 1500-CENTURY THRU 1500-EXIT.                         GLSDATE
006300     MOVE WS-MONTH-DAYS (WS-MM) TO WS-LIMIT.                      GLSDATE
006400     IF WS-MM = 2 AND WS-REST = 0                                 GLSDATE
006500         MOVE 29 TO WS-LIMIT.                                     GLSDATE
006600     IF WS-DD > WS-LIMIT                                          GLSDATE
006700         MOVE '9' TO DT-RESULT.                                   GLSDATE
006800 1000-EXIT.                                                       GLSDATE
006900     EXIT.                                                        GLSDATE
007000*                                                                 GLSDATE
007100 1500-CENTURY.                                                    GLSDATE
007200     IF WS-YY < 50                                                Y2K
007300         ADD 2000 WS-YY GIVING WS-YEAR                            Y2K
007400     ELSE                                                         Y2K
007500         ADD 1900 WS-YY GIVING WS-YEAR.                           Y2K
007600     DIVIDE WS-YEAR BY 4 GIVING WS-QUOT REMAINDER WS-REST.        GLSDATE
007700 1500-EXIT.                                                       GLSDATE
007800     EXIT.                                                        GLSDATE
007900*                                                                 GLSDATE
008000 2000-SERIAL.                                                     GLSDATE
008100     PERFORM 1500-CENTURY THRU 1500-EXIT.                         GLSDATE
008200     COMPUTE WS-SERIAL = (WS-YEAR - 1900) * 365 + WS-DD.          GLSDATE
008300     COMPUTE WS-QUOT = (WS-YEAR - 1901) / 4.                      GLSDATE
008400     ADD WS-QUOT TO WS-SERIAL.                                    GLSDATE
008500     PERFORM 2100-ADD-MONTH THRU 2100-EXIT                        GLSDATE
008600         VARYING WS-IX FROM 1 BY 1 UNTIL WS-IX NOT < WS-MM.       GLSDATE
008700     IF WS-MM > 2 AND WS-REST = 0                                 GLSDATE
008800         ADD 1 TO WS-SERIAL.                                      GLSDATE
008900 2000-EXIT.                                                       GLSDATE
009000     EXIT.                                                        GLSDATE
009100 2100-ADD-MONTH.                                                  GLSDATE
009200     ADD WS-MONTH-DAYS (WS-IX) TO WS-SERIAL.                      GLSDATE
009300 2100-EXIT.                                                       GLSDATE
009400     EXIT.                                                        GLSDATE
