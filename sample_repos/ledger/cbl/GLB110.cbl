000100 IDENTIFICATION DIVISION.                                         GLB110
000200 PROGRAM-ID.    GLB110.                                           GLB110
000300 AUTHOR.        H WESTERGAARD.                                    GLB110
000400 DATE-WRITTEN.  MAY 1986.                                         GLB110
000500***************************************************************** GLB110
000600* POSTS SORTED JOURNALS. OLD MASTER + JOURNALS = NEW MASTER.    * GLB110
000700* POSTED JOURNALS GO TO HISTORY, UNPOSTABLE ONES TO SUSPENSE.   * GLB110
000800*                                                               * GLB110
000900* RESTART: THERE IS NONE. THE NEW MASTER IS A NEW GENERATION,   * GLB110
001000* BUT HISTORY AND SUSPENSE ARE DISP=MOD. WHOEVER STARTS THE STEP* GLB110
001100* AGAIN HAS THE JOURNALS TWICE IN HISTORY (GL-0702, 1999-04).   * GLB110
001200*                                                               * GLB110
001300* 88-01 HW   RECORD IS OPENED WITH THE FIRST POSTING    GL-0096 * GLB110
001400* 91-06 RTC  CONTROL TOTALS                             GL-0288 * GLB110
001500* 99-05 RTC  RERUN CARD: HISTORY IS NOT WRITTEN         GL-0702 * GLB110
001600***************************************************************** GLB110
001700 ENVIRONMENT DIVISION.                                            GLB110
001800 CONFIGURATION SECTION.                                           GLB110
001900 SOURCE-COMPUTER. IBM-4381.                                       GLB110
002000 OBJECT-COMPUTER. IBM-4381.                                       GLB110
002100 INPUT-OUTPUT SECTION.                                            GLB110
002200 FILE-CONTROL.                                                    GLB110
002300     SELECT PARM-FILE    ASSIGN TO PARMCARD.                      GLB110
002400     SELECT COA-FILE     ASSIGN TO COAIN.                         GLB110
002500     SELECT OLD-MASTER   ASSIGN TO GLMSTI.                        GLB110
002600     SELECT NEW-MASTER   ASSIGN TO GLMSTO.                        GLB110
002700     SELECT JOURNAL-FILE ASSIGN TO JRNLIN.                        GLB110
002800     SELECT OPTIONAL HISTORY-FILE  ASSIGN TO HISTORY.             GLB110
002900     SELECT OPTIONAL SUSPENSE-FILE ASSIGN TO SUSPENSE.            GLB110
003000 DATA DIVISION.                                                   GLB110
003100 FILE SECTION.                                                    GLB110
003200 FD  PARM-FILE.                                                   GLB110
003300     COPY GLPARM.                                                 GLB110
003400 FD  COA-FILE.                                                    GLB110
003500     COPY GLCOA  REPLACING ==:TAG:== BY ==CA==.                   GLB110
003600 FD  OLD-MASTER.                                                  GLB110
003700     COPY GLMAST REPLACING ==:TAG:== BY ==OM==.                   GLB110
003800 FD  NEW-MASTER.                                                  GLB110
003900     COPY GLMAST REPLACING ==:TAG:== BY ==NM==.                   GLB110
004000 FD  JOURNAL-FILE.                                                GLB110
004100     COPY GLJRNL REPLACING ==:TAG:== BY ==JR==.                   GLB110
004200 FD  HISTORY-FILE.                                                GLB110
004300     COPY GLJRNL REPLACING ==:TAG:== BY ==HI==.                   GLB110
004400 FD  SUSPENSE-FILE.                                               GLB110
004500     COPY GLJRNL REPLACING ==:TAG:== BY ==SU==.                   GLB110
004600 WORKING-STORAGE SECTION.                                         GLB110
004700     COPY GLCTLR.                                                 GLB110
004800 01  WS-KEYS.                                                     GLB110
004900     05  WS-MASTER-KEY               PIC X(11).                   GLB110
005000     05  WS-JOURNAL-KEY              PIC X(11) VALUE LOW-VALUES.  GLB110
005100     05  WS-LOW-KEY                  PIC X(11).                   GLB110
005200     05  WS-LAST-KEY                 PIC X(11) VALUE LOW-VALUES.  GLB110
005300 01  WS-SWITCHES.                                                 GLB110
005400     05  WS-COA-EOF-SW               PIC X(01) VALUE 'N'.         GLB110
005500         88  WS-COA-EOF                    VALUE 'Y'.             GLB110
005600     05  WS-HELD-SW                  PIC X(01) VALUE 'N'.         GLB110
005700         88  WS-RECORD-HELD                VALUE 'Y'.             GLB110
005800 01  WS-SUSPENDED                    PIC 9(07) COMP-3 VALUE ZERO. GLB110
005900 01  WS-MASTERS-IN                   PIC 9(07) COMP-3 VALUE ZERO. GLB110
006000 01  WS-MASTERS-OUT                  PIC 9(07) COMP-3 VALUE ZERO. GLB110
006100 01  WS-PROOF                        PIC S9(13)V99 COMP-3         GLB110
006200                                               VALUE ZERO.        GLB110
006300 01  WS-PROOF-ED                     PIC -(13)9.99.               GLB110
006400 01  WS-COA-TABLE.                                                GLB110
006500     05  WS-COA-MAX                  PIC 9(04) COMP VALUE ZERO.   GLB110
006600     05  WS-COA-ENTRY OCCURS 500 INDEXED BY WS-CX.                GLB110
006700         10  WS-COA-ACCOUNT          PIC 9(08).                   GLB110
006800         10  WS-COA-TYPE             PIC X(01).                   GLB110
006900         10  WS-COA-STATUS           PIC X(01).                   GLB110
007000 PROCEDURE DIVISION.                                              GLB110
007100 0000-MAIN.                                                       GLB110
007200     PERFORM 1000-OPEN THRU 1000-EXIT.                            GLB110
007300     PERFORM 2000-MATCH THRU 2000-EXIT                            GLB110
007400         UNTIL WS-MASTER-KEY = HIGH-VALUES                        GLB110
007500           AND WS-JOURNAL-KEY = HIGH-VALUES.                      GLB110
007600     PERFORM 8000-CLOSE THRU 8000-EXIT.                           GLB110
007700     STOP RUN.                                                    GLB110
007800*                                                                 GLB110
007900 1000-OPEN.                                                       GLB110
008000     OPEN INPUT PARM-FILE COA-FILE OLD-MASTER JOURNAL-FILE.       GLB110
008100     OPEN OUTPUT NEW-MASTER.                                      GLB110
008200     OPEN EXTEND HISTORY-FILE SUSPENSE-FILE.                      GLB110
008300     READ PARM-FILE AT END                                        GLB110
008400         CALL 'GLSABND' USING 'GLB110  '                          GLB110
008500             'NO PARAMETER CARD                       '.          GLB110
008600     MOVE ZERO TO CT-COUNT CT-DEBIT CT-CREDIT CT-HASH.            GLB110
008700     PERFORM 1100-COA THRU 1100-EXIT UNTIL WS-COA-EOF.            GLB110
008800     PERFORM 7000-READ-MASTER THRU 7000-EXIT.                     GLB110
008900     PERFORM 7100-READ-JOURNAL THRU 7100-EXIT.                    GLB110
009000 1000-EXIT.                                                       GLB110
009100     EXIT.                                                        GLB110
009200 1100-COA.                                                        GLB110
009300     READ COA-FILE AT END                                         GLB110
009400         MOVE 'Y' TO WS-COA-EOF-SW                                GLB110
009500         GO TO 1100-EXIT.                                         GLB110
009600     ADD 1 TO WS-COA-MAX.                                         GLB110
009700     MOVE CA-ACCOUNT TO WS-COA-ACCOUNT (WS-COA-MAX).              GLB110
009800     MOVE CA-TYPE TO WS-COA-TYPE (WS-COA-MAX).                    GLB110
009900     MOVE CA-STATUS TO WS-COA-STATUS (WS-COA-MAX).                GLB110
010000 1100-EXIT.                                                       GLB110
010100     EXIT.                                                        GLB110
010200*                                                                 GLB110
010300*    BALANCE LINE. THE LOWER KEY IS WORKED OFF COMPLETELY.        GLB110
010400 2000-MATCH.                                                      GLB110
010500     MOVE 'N' TO WS-HELD-SW.                                      GLB110
010600     IF WS-MASTER-KEY NOT > WS-JOURNAL-KEY                        GLB110
010700         MOVE WS-MASTER-KEY TO WS-LOW-KEY                         GLB110
010800         MOVE OM-RECORD TO NM-RECORD                              GLB110
010900         MOVE 'Y' TO WS-HELD-SW                                   GLB110
011000         PERFORM 7000-READ-MASTER THRU 7000-EXIT                  GLB110
011100     ELSE                                                         GLB110
011200         MOVE WS-JOURNAL-KEY TO WS-LOW-KEY                        GLB110
011300         PERFORM 2200-NEW-RECORD THRU 2200-EXIT.                  GLB110
011400     PERFORM 3000-POST THRU 3000-EXIT                             GLB110
011500         UNTIL WS-JOURNAL-KEY NOT = WS-LOW-KEY.                   GLB110
011600     IF WS-RECORD-HELD                                            GLB110
011700         ADD NM-CURR-BAL TO WS-PROOF                              GLB110
011800         ADD 1 TO WS-MASTERS-OUT                                  GLB110
011900         WRITE NM-RECORD.                                         GLB110
012000 2000-EXIT.                                                       GLB110
012100     EXIT.                                                        GLB110
012200*                                                                 GLB110
012300 2200-NEW-RECORD.                                                 GLB110
012400     SET WS-CX TO 1.                                              GLB110
012500     SEARCH WS-COA-ENTRY                                          GLB110
012600         AT END                                                   GLB110
012700             GO TO 2200-EXIT                                      GLB110
012800         WHEN WS-CX > WS-COA-MAX                                  GLB110
012900             GO TO 2200-EXIT                                      GLB110
013000         WHEN WS-COA-ACCOUNT (WS-CX) = JR-ACCOUNT                 GLB110
013100             NEXT SENTENCE.                                       GLB110
013200     INITIALIZE NM-RECORD.                                        GLB110
013300     MOVE JR-KEY TO NM-KEY.                                       GLB110
013400     MOVE WS-COA-TYPE (WS-CX) TO NM-TYPE.                         GLB110
013500     MOVE 'O' TO NM-STATUS.                                       GLB110
013600     MOVE PM-PERIOD TO NM-LAST-PERIOD.                            GLB110
013700     MOVE 'Y' TO WS-HELD-SW.                                      GLB110
013800 2200-EXIT.                                                       GLB110
013900     EXIT.                                                        GLB110
014000*                                                                 GLB110
014100 3000-POST.                                                       GLB110
014200     IF NOT WS-RECORD-HELD                                        GLB110
014300         MOVE 'E070' TO JR-ERR-CODE                               GLB110
014400         GO TO 3500-SUSPEND.                                      GLB110
014500     IF NM-CLOSED                                                 GLB110
014600         MOVE 'E040' TO JR-ERR-CODE                               GLB110
014700         GO TO 3500-SUSPEND.                                      GLB110
014800*    DEBITS ARE POSITIVE IN CURR-BAL WHATEVER THE TYPE            GLB110
014900     IF JR-DEBIT                                                  GLB110
015000         ADD JR-AMOUNT TO NM-PERIOD-DR NM-YTD-DR NM-CURR-BAL      GLB110
015100         ADD JR-AMOUNT TO CT-DEBIT                                GLB110
015200     ELSE                                                         GLB110
015300         ADD JR-AMOUNT TO NM-PERIOD-CR NM-YTD-CR                  GLB110
015400         SUBTRACT JR-AMOUNT FROM NM-CURR-BAL                      GLB110
015500         ADD JR-AMOUNT TO CT-CREDIT.                              GLB110
015600     ADD 1 TO NM-POST-COUNT CT-COUNT.                             GLB110
015700     ADD JR-ACCOUNT TO CT-HASH.                                   GLB110
015800     MOVE PM-RUN-DATE TO NM-LAST-POST.                            GLB110
015900     MOVE JR-RECORD TO HI-RECORD.                                 GLB110
016000     MOVE 'P' TO HI-STATUS.                                       GLB110
016100     IF NOT PM-IS-RERUN                                           GL0702
016200         WRITE HI-RECORD.                                         GL0702
016300     GO TO 3900-NEXT.                                             GLB110
016400 3500-SUSPEND.                                                    GLB110
016500     MOVE JR-RECORD TO SU-RECORD.                                 GLB110
016600     MOVE 'S' TO SU-STATUS.                                       GLB110
016700     WRITE SU-RECORD.                                             GLB110
016800     ADD 1 TO WS-SUSPENDED.                                       GLB110
016900 3900-NEXT.                                                       GLB110
017000     PERFORM 7100-READ-JOURNAL THRU 7100-EXIT.                    GLB110
017100 3000-EXIT.                                                       GLB110
017200     EXIT.                                                        GLB110
017300*                                                                 GLB110
017400 7000-READ-MASTER.                                                GLB110
017500     READ OLD-MASTER AT END                                       GLB110
017600         MOVE HIGH-VALUES TO WS-MASTER-KEY                        GLB110
017700         GO TO 7000-EXIT.                                         GLB110
017800     IF OM-KEY NOT > WS-LAST-KEY                                  GLB110
017900         CALL 'GLSABND' USING 'GLB110  '                          GLB110
018000             'OLD MASTER OUT OF SEQUENCE              '.          GLB110
018100     MOVE OM-KEY TO WS-MASTER-KEY WS-LAST-KEY.                    GLB110
018200     ADD 1 TO WS-MASTERS-IN.                                      GLB110
018300 7000-EXIT.                                                       GLB110
018400     EXIT.                                                        GLB110
018500 7100-READ-JOURNAL.                                               GLB110
018600     READ JOURNAL-FILE AT END                                     GLB110
018700         MOVE HIGH-VALUES TO WS-JOURNAL-KEY                       GLB110
018800         GO TO 7100-EXIT.                                         GLB110
018900     IF JR-KEY < WS-JOURNAL-KEY                                   GLB110
019000         CALL 'GLSABND' USING 'GLB110  '                          GLB110
019100             'JOURNALS NOT SORTED                     '.          GLB110
019200     MOVE JR-KEY TO WS-JOURNAL-KEY.                               GLB110
019300 7100-EXIT.                                                       GLB110
019400     EXIT.                                                        GLB110
019500*                                                                 GLB110
019600 8000-CLOSE.                                                      GLB110
019700     MOVE PM-RUN-DATE TO CT-RUN-DATE.                             GLB110
019800     MOVE 'GLB110' TO CT-PROGRAM.                                 GLB110
019900     MOVE 'POSTED' TO CT-LABEL.                                   GLB110
020000     CALL 'GLSCTL' USING CT-RECORD.                               GLB110
020100     MOVE WS-PROOF TO WS-PROOF-ED.                                GLB110
020200     DISPLAY 'GLB110  MASTERS IN ' WS-MASTERS-IN ' OUT '          GLB110
020300         WS-MASTERS-OUT ' SUSPENDED ' WS-SUSPENDED                GLB110
020400         ' PROOF ' WS-PROOF-ED.                                   GLB110
020500     IF WS-PROOF NOT = ZERO OR WS-SUSPENDED > ZERO                GLB110
020600         MOVE 4 TO RETURN-CODE.                                   GLB110
020700     CLOSE PARM-FILE COA-FILE OLD-MASTER NEW-MASTER               GLB110
020800           JOURNAL-FILE HISTORY-FILE SUSPENSE-FILE.               GLB110
020900 8000-EXIT.                                                       GLB110
021000     EXIT.                                                        GLB110
