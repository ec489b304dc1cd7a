000100 IDENTIFICATION DIVISION.                                         GLB020
000200 PROGRAM-ID.    GLB020.                                           GLB020
000300 AUTHOR.        H WESTERGAARD.                                    GLB020
000400 DATE-WRITTEN.  APRIL 1986.                                       GLB020
000500***************************************************************** GLB020
000600* EDITS PENDING JOURNALS. GOOD ONES TO JRNLACC, BAD ONES TO     * GLB020
000700* SUSPENSE WITH AN ERROR CODE:                                  * GLB020
000800*   E010 BRANCH     E020 CHECK DIGIT   E030 ACCOUNT UNKNOWN     * GLB020
000900*   E040 CLOSED     E050 DATE          E060 AMOUNT              * GLB020
001000* THE CHART IS LOADED INTO A TABLE OF 500. WHEN IT WAS 400 THE  * GLB020
001100* BANK BOUGHT PINE COUNTY SAVINGS AND MONTH END STOOD (GL-0655).* GLB020
001200***************************************************************** GLB020
001300 ENVIRONMENT DIVISION.                                            GLB020
001400 INPUT-OUTPUT SECTION.                                            GLB020
001500 FILE-CONTROL.                                                    GLB020
001600     SELECT PARM-FILE   ASSIGN TO PARMCARD.                       GLB020
001700     SELECT COA-FILE    ASSIGN TO COAIN.                          GLB020
001800     SELECT BRANCH-FILE ASSIGN TO BRANCH                          GLB020
001900         ORGANIZATION IS RELATIVE                                 GLB020
002000         ACCESS MODE IS RANDOM                                    GLB020
002100         RELATIVE KEY IS WS-BRANCH-SLOT                           GLB020
002200         FILE STATUS IS WS-BRANCH-STATUS.                         GLB020
002300     SELECT JOURNAL-IN  ASSIGN TO JRNLIN.                         GLB020
002400     SELECT JOURNAL-OUT ASSIGN TO JRNLACC.                        GLB020
002500     SELECT OPTIONAL SUSPENSE-FILE ASSIGN TO SUSPENSE.            GLB020
002600 DATA DIVISION.                                                   GLB020
002700 FILE SECTION.                                                    GLB020
002800 FD  PARM-FILE.                                                   GLB020
002900     COPY GLPARM.                                                 GLB020
003000 FD  COA-FILE.                                                    GLB020
003100     COPY GLCOA REPLACING ==:TAG:== BY ==CA==.                    GLB020
003200 FD  BRANCH-FILE.                                                 GLB020
003300     COPY GLBRCH.                                                 GLB020
003400 FD  JOURNAL-IN.                                                  GLB020
003500     COPY GLJRNL REPLACING ==:TAG:== BY ==JI==.                   GLB020
003600 FD  JOURNAL-OUT.                                                 GLB020
003700     COPY GLJRNL REPLACING ==:TAG:== BY ==JO==.                   GLB020
003800 FD  SUSPENSE-FILE.                                               GLB020
003900     COPY GLJRNL REPLACING ==:TAG:== BY ==SU==.                   GLB020
004000 WORKING-STORAGE SECTION.                                         GLB020
004100     COPY GLCTLR.                                                 GLB020
004200     COPY GLDATE.                                                 GLB020
004300 77  WS-BRANCH-SLOT                  PIC 9(04) COMP.              GLB020
004400 77  WS-BRANCH-STATUS                PIC X(02).                   GLB020
004500 77  WS-EOF-SW                       PIC X(01) VALUE 'N'.         GLB020
004600     88  WS-EOF                            VALUE 'Y'.             GLB020
004700 77  WS-COA-EOF-SW                   PIC X(01) VALUE 'N'.         GLB020
004800     88  WS-COA-EOF                        VALUE 'Y'.             GLB020
004900 77  WS-CHECK-RESULT                 PIC X(01).                   GLB020
005000 77  WS-ERROR                        PIC X(04).                   GLB020
005100 77  WS-SUSP-COUNT                   PIC 9(07) VALUE ZERO.        GLB020
005200 77  WS-SUSP-DR                      PIC 9(11)V99 VALUE ZERO.     GLB020
005300 77  WS-SUSP-CR                      PIC 9(11)V99 VALUE ZERO.     GLB020
005400 77  WS-DIFFERENCE                   PIC S9(11)V99 COMP-3.        GLB020
005500 77  WS-COA-MAX                      PIC 9(04) VALUE ZERO.        GLB020
005600 01  WS-COA-TABLE.                                                GLB020
005700     05  WS-COA-ENTRY OCCURS 1 TO 500                             GLB020
005800             DEPENDING ON WS-COA-MAX                              GLB020
005900             ASCENDING KEY IS WS-COA-ACCOUNT                      GLB020
006000             INDEXED BY WS-CX.                                    GLB020
006100         10  WS-COA-ACCOUNT          PIC 9(08).                   GLB020
006200         10  WS-COA-STATUS           PIC X(01).                   GLB020
006300 PROCEDURE DIVISION.                                              GLB020
006400 0000-MAIN.                                                       GLB020
006500     OPEN INPUT PARM-FILE COA-FILE BRANCH-FILE JOURNAL-IN.        GLB020
006600     OPEN OUTPUT JOURNAL-OUT.                                     GLB020
006700     OPEN EXTEND SUSPENSE-FILE.                                   GLB020
006800     READ PARM-FILE AT END                                        GLB020
006900         CALL 'GLSABND' USING 'GLB020  '                          GLB020
007000             'NO PARAMETER CARD                       '.          GLB020
007100     MOVE ZERO TO CT-COUNT CT-DEBIT CT-CREDIT CT-HASH.            GLB020
007200     PERFORM 1000-LOAD-COA THRU 1000-EXIT UNTIL WS-COA-EOF.       GLB020
007300     PERFORM 2000-EDIT THRU 2000-EXIT UNTIL WS-EOF.               GLB020
007400     PERFORM 8000-TOTALS THRU 8000-EXIT.                          GLB020
007500     CLOSE PARM-FILE COA-FILE BRANCH-FILE JOURNAL-IN              GLB020
007600           JOURNAL-OUT SUSPENSE-FILE.                             GLB020
007700     STOP RUN.                                                    GLB020
007800*                                                                 GLB020
007900 1000-LOAD-COA.                                                   GLB020
008000     READ COA-FILE AT END                                         GLB020
008100         MOVE 'Y' TO WS-COA-EOF-SW                                GLB020
008200         GO TO 1000-EXIT.                                         GLB020
008300     ADD 1 TO WS-COA-MAX.                                         GLB020
008400     IF WS-COA-MAX > 500                                          GLB020
008500         CALL 'GLSABND' USING 'GLB020  '                          GLB020
008600             'CHART TABLE FULL, SEE GL-0655           '.          GLB020
008700     MOVE CA-ACCOUNT TO WS-COA-ACCOUNT (WS-COA-MAX).              GLB020
008800     MOVE CA-STATUS TO WS-COA-STATUS (WS-COA-MAX).                GLB020
008900 1000-EXIT.                                                       GLB020
009000     EXIT.                                                        GLB020
009100*                                                                 GLB020
009200 2000-EDIT.                                                       GLB020
009300     READ JOURNAL-IN AT END                                       GLB020
009400         MOVE 'Y' TO WS-EOF-SW                                    GLB020
009500         GO TO 2000-EXIT.                                         GLB020
009600     MOVE SPACES TO WS-ERROR.                                     GLB020
009700     PERFORM 3000-CHECKS THRU 3900-CHECKED.                       GLB020
009800     IF WS-ERROR NOT = SPACES                                     GLB020
009900         GO TO 2500-SUSPEND.                                      GLB020
010000     MOVE JI-RECORD TO JO-RECORD.                                 GLB020
010100     MOVE 'A' TO JO-STATUS.                                       GLB020
010200     WRITE JO-RECORD.                                             GLB020
010300     ADD 1 TO CT-COUNT.                                           GLB020
010400     ADD JI-ACCOUNT TO CT-HASH.                                   GLB020
010500     IF JI-DEBIT                                                  GLB020
010600         ADD JI-AMOUNT TO CT-DEBIT                                GLB020
010700     ELSE                                                         GLB020
010800         ADD JI-AMOUNT TO CT-CREDIT.                              GLB020
010900     GO TO 2000-EXIT.                                             GLB020
011000 2500-SUSPEND.                                                    GLB020
011100     MOVE JI-RECORD TO SU-RECORD.                                 GLB020
011200     MOVE 'S' TO SU-STATUS.                                       GLB020
011300     MOVE WS-ERROR TO SU-ERR-CODE.                                GLB020
011400     WRITE SU-RECORD.                                             GLB020
011500     ADD 1 TO WS-SUSP-COUNT.                                      GLB020
011600     IF JI-DEBIT                                                  GLB020
011700         ADD JI-AMOUNT TO WS-SUSP-DR                              GLB020
011800     ELSE                                                         GLB020
011900         ADD JI-AMOUNT TO WS-SUSP-CR.                             GLB020
012000 2000-EXIT.                                                       GLB020
012100     EXIT.                                                        GLB020
012200*                                                                 GLB020
012300 3000-CHECKS.                                                     GLB020
012400     MOVE JI-BRANCH TO WS-BRANCH-SLOT.                            GLB020
012500     READ BRANCH-FILE INVALID KEY                                 GLB020
012600         MOVE 'E010' TO WS-ERROR                                  GLB020
012700         GO TO 3900-CHECKED.                                      GLB020
012800     IF NOT BR-ACTIVE                                             GLB020
012900         MOVE 'E010' TO WS-ERROR                                  GLB020
013000         GO TO 3900-CHECKED.                                      GLB020
013100     CALL 'GLSCKD' USING JI-ACCOUNT WS-CHECK-RESULT.              GLB020
013200     IF WS-CHECK-RESULT NOT = '0'                                 GLB020
013300         MOVE 'E020' TO WS-ERROR                                  GLB020
013400         GO TO 3900-CHECKED.                                      GLB020
013500     SEARCH ALL WS-COA-ENTRY                                      GLB020
013600         AT END                                                   GLB020
013700             MOVE 'E030' TO WS-ERROR                              GLB020
013800             GO TO 3900-CHECKED                                   GLB020
013900         WHEN WS-COA-ACCOUNT (WS-CX) = JI-ACCOUNT                 GLB020
014000             NEXT SENTENCE.                                       GLB020
014100     IF WS-COA-STATUS (WS-CX) NOT = 'O'                           GLB020
014200         MOVE 'E040' TO WS-ERROR                                  GLB020
014300         GO TO 3900-CHECKED.                                      GLB020
014400     MOVE 'V' TO DT-FUNCTION.                                     GLB020
014500     MOVE JI-EFF-DATE TO DT-DATE-1.                               GLB020
014600     CALL 'GLSDATE' USING DT-AREA.                                GLB020
014700     IF DT-BAD OR JI-EFF-DATE > PM-RUN-DATE                       GLB020
014800         MOVE 'E050' TO WS-ERROR                                  GLB020
014900         GO TO 3900-CHECKED.                                      GLB020
015000     IF JI-AMOUNT NOT NUMERIC OR JI-AMOUNT NOT > ZERO             GLB020
015100         MOVE 'E060' TO WS-ERROR.                                 GLB020
015200 3900-CHECKED.                                                    GLB020
015300     EXIT.                                                        GLB020
015400*                                                                 GLB020
015500 8000-TOTALS.                                                     GLB020
015600     MOVE PM-RUN-DATE TO CT-RUN-DATE.                             GLB020
015700     MOVE 'GLB020' TO CT-PROGRAM.                                 GLB020
015800     MOVE 'ACCEPTED' TO CT-LABEL.                                 GLB020
015900     CALL 'GLSCTL' USING CT-RECORD.                               GLB020
016000*    OUT OF BALANCE IS ONLY A WARNING: ONE SIDE OF A PAIR MAY BE  GLB020
016100*    IN SUSPENSE AND THE LEDGER STANDS OUT BY IT UNTIL RE-ENTRY   GLB020
016200     COMPUTE WS-DIFFERENCE = CT-DEBIT - CT-CREDIT.                GLB020
016300     MOVE 'SUSPENDED' TO CT-LABEL.                                GLB020
016400     MOVE WS-SUSP-COUNT TO CT-COUNT.                              GLB020
016500     MOVE WS-SUSP-DR TO CT-DEBIT.                                 GLB020
016600     MOVE WS-SUSP-CR TO CT-CREDIT.                                GLB020
016700     MOVE ZERO TO CT-HASH.                                        GLB020
016800     CALL 'GLSCTL' USING CT-RECORD.                               GLB020
016900     IF WS-DIFFERENCE NOT = ZERO                                  GLB020
017000         DISPLAY 'GLB020  ACCEPTED OUT OF BALANCE'                GLB020
017100         MOVE 4 TO RETURN-CODE.                                   GLB020
017200 8000-EXIT.                                                       GLB020
017300     EXIT.                                                        GLB020
