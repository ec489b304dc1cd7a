000100 IDENTIFICATION DIVISION.                                         GLB130
000200 PROGRAM-ID.    GLB130.                                           GLB130
000300 AUTHOR.        R T CULLEN.                                       GLB130
000400 DATE-WRITTEN.  DECEMBER 1991.                                    GLB130
000500***************************************************************** GLB130
000600* PERIOD CLOSE. OPENING BALANCES MOVE ON, PERIOD TOTALS TO ZERO.* GLB130
000700* YEAR END: INCOME AND EXPENSE GO TO THE ACCOUNT THAT THE CHART * GLB130
000800* NAMES (CA-CLOSE-TO), ALL BRANCHES INTO RETAINED EARNINGS OF   * GLB130
000900* BRANCH 001.                                                   * GLB130
001000* ALSO STAMPS THE CHART OF ACCOUNTS WITH THE PERIOD, SO THE     * GLB130
001100* CHART HAS A NEW GENERATION EVERY MONTH ALTHOUGH NOBODY IN     * GLB130
001200* ACCOUNTING CHANGED IT (GL-0311).                              * GLB130
001300***************************************************************** GLB130
001400 ENVIRONMENT DIVISION.                                            GLB130
001500 INPUT-OUTPUT SECTION.                                            GLB130
001600 FILE-CONTROL.                                                    GLB130
001700     SELECT PARM-FILE    ASSIGN TO PARMCARD.                      GLB130
001800     SELECT COA-IN       ASSIGN TO COAIN.                         GLB130
001900     SELECT COA-OUT      ASSIGN TO COAOUT.                        GLB130
002000     SELECT OLD-MASTER   ASSIGN TO GLMSTI.                        GLB130
002100     SELECT NEW-MASTER   ASSIGN TO GLMSTO.                        GLB130
002200 DATA DIVISION.                                                   GLB130
002300 FILE SECTION.                                                    GLB130
002400 FD  PARM-FILE.                                                   GLB130
002500     COPY GLPARM.                                                 GLB130
002600 FD  COA-IN.                                                      GLB130
002700     COPY GLCOA  REPLACING ==:TAG:== BY ==CA==.                   GLB130
002800 FD  COA-OUT.                                                     GLB130
002900     COPY GLCOA  REPLACING ==:TAG:== BY ==CO==.                   GLB130
003000 FD  OLD-MASTER.                                                  GLB130
003100     COPY GLMAST REPLACING ==:TAG:== BY ==OM==.                   GLB130
003200 FD  NEW-MASTER.                                                  GLB130
003300     COPY GLMAST REPLACING ==:TAG:== BY ==NM==.                   GLB130
003400 WORKING-STORAGE SECTION.                                         GLB130
003500     COPY GLCTLR.                                                 GLB130
003600 01  WS-SWITCHES.                                                 GLB130
003700     05  WS-EOF-SW                   PIC X(01) VALUE 'N'.         GLB130
003800         88  WS-EOF                        VALUE 'Y'.             GLB130
003900     05  WS-COA-EOF-SW               PIC X(01) VALUE 'N'.         GLB130
004000         88  WS-COA-EOF                    VALUE 'Y'.             GLB130
004100 01  WS-RETAINED                     PIC S9(11)V99 COMP-3         GLB130
004200                                               VALUE ZERO.        GLB130
004300 01  WS-RETAINED-ACCOUNT             PIC 9(08) VALUE 30200109.    GLB130
004400 PROCEDURE DIVISION.                                              GLB130
004500 0000-MAIN.                                                       GLB130
004600     OPEN INPUT PARM-FILE COA-IN OLD-MASTER.                      GLB130
004700     OPEN OUTPUT COA-OUT NEW-MASTER.                              GLB130
004800     READ PARM-FILE AT END                                        GLB130
004900         CALL 'GLSABND' USING 'GLB130  '                          GLB130
005000             'NO PARAMETER CARD                       '.          GLB130
005100     IF PM-DAILY                                                  GLB130
005200         CALL 'GLSABND' USING 'GLB130  '                          GLB130
005300             'CLOSE WITH A DAILY PARAMETER CARD       '.          GLB130
005400     MOVE ZERO TO CT-COUNT CT-DEBIT CT-CREDIT CT-HASH.            GLB130
005500     IF PM-YEAR-END                                               GLB130
005600         PERFORM 1000-PROFIT THRU 1000-EXIT UNTIL WS-EOF          GLB130
005700         CLOSE OLD-MASTER                                         GLB130
005800         OPEN INPUT OLD-MASTER                                    GLB130
005900         MOVE 'N' TO WS-EOF-SW.                                   GLB130
006000     PERFORM 2000-CLOSE THRU 2000-EXIT UNTIL WS-EOF.              GLB130
006100     PERFORM 3000-STAMP THRU 3000-EXIT UNTIL WS-COA-EOF.          GLB130
006200     MOVE PM-RUN-DATE TO CT-RUN-DATE.                             GLB130
006300     MOVE 'GLB130' TO CT-PROGRAM.                                 GLB130
006400     MOVE 'CLOSED' TO CT-LABEL.                                   GLB130
006500     CALL 'GLSCTL' USING CT-RECORD.                               GLB130
006600     IF WS-RETAINED NOT = ZERO                                    GLB130
006700         DISPLAY 'GLB130  NO RETAINED EARNINGS IN BRANCH 001'     GLB130
006800         MOVE 8 TO RETURN-CODE.                                   GLB130
006900     CLOSE PARM-FILE COA-IN COA-OUT OLD-MASTER NEW-MASTER.        GLB130
007000     STOP RUN.                                                    GLB130
007100*                                                                 GLB130
007200 1000-PROFIT.                                                     GLB130
007300     READ OLD-MASTER AT END                                       GLB130
007400         MOVE 'Y' TO WS-EOF-SW                                    GLB130
007500         GO TO 1000-EXIT.                                         GLB130
007600     IF OM-PROFIT-LOSS                                            GLB130
007700         ADD OM-CURR-BAL TO WS-RETAINED.                          GLB130
007800 1000-EXIT.                                                       GLB130
007900     EXIT.                                                        GLB130
008000*                                                                 GLB130
008100 2000-CLOSE.                                                      GLB130
008200     READ OLD-MASTER AT END                                       GLB130
008300         MOVE 'Y' TO WS-EOF-SW                                    GLB130
008400         GO TO 2000-EXIT.                                         GLB130
008500     MOVE OM-RECORD TO NM-RECORD.                                 GLB130
008600     ADD OM-PERIOD-DR TO CT-DEBIT.                                GLB130
008700     ADD OM-PERIOD-CR TO CT-CREDIT.                               GLB130
008800     ADD OM-ACCOUNT TO CT-HASH.                                   GLB130
008900     ADD 1 TO CT-COUNT.                                           GLB130
009000     MOVE ZERO TO NM-PERIOD-DR NM-PERIOD-CR.                      GLB130
009100     MOVE PM-PERIOD TO NM-LAST-PERIOD.                            GLB130
009200     IF NOT PM-YEAR-END                                           GLB130
009300         GO TO 2500-WRITE.                                        GLB130
009400     MOVE ZERO TO NM-YTD-DR NM-YTD-CR NM-POST-COUNT.              GLB130
009500     IF OM-PROFIT-LOSS                                            GLB130
009600         MOVE ZERO TO NM-CURR-BAL                                 GLB130
009700         GO TO 2500-WRITE.                                        GLB130
009800     IF OM-BRANCH = 001 AND OM-ACCOUNT = WS-RETAINED-ACCOUNT      GLB130
009900         ADD WS-RETAINED TO NM-CURR-BAL                           GLB130
010000         MOVE ZERO TO WS-RETAINED.                                GLB130
010100 2500-WRITE.                                                      GLB130
010200     MOVE NM-CURR-BAL TO NM-OPEN-BAL.                             GLB130
010300     WRITE NM-RECORD.                                             GLB130
010400 2000-EXIT.                                                       GLB130
010500     EXIT.                                                        GLB130
010600*                                                                 GLB130
010700 3000-STAMP.                                                      GLB130
010800     READ COA-IN AT END                                           GLB130
010900         MOVE 'Y' TO WS-COA-EOF-SW                                GLB130
011000         GO TO 3000-EXIT.                                         GLB130
011100     MOVE CA-RECORD TO CO-RECORD.                                 GLB130
011200     IF CA-OPEN                                                   GLB130
011300         MOVE PM-PERIOD TO CO-LAST-CLOSE.                         GLB130
011400     WRITE CO-RECORD.                                             GLB130
011500 3000-EXIT.                                                       GLB130
011600     EXIT.                                                        GLB130
