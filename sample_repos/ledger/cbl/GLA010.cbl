000100 IDENTIFICATION DIVISION.                                         GLA010
000200 PROGRAM-ID.    GLA010.                                           GLA010
000300 AUTHOR.        R T CULLEN.                                       GLA010
000400 DATE-WRITTEN.  SEPTEMBER 1992.                                   GLA010
000500***************************************************************** GLA010
000600* ACCRUES INTEREST ON DEPOSITS FOR THE DAYS SINCE THE LAST RUN. * GLA010
000700* THE RATE FILE NAMES THE PROGRAM THAT CALCULATES. A NEW METHOD * GLA010
000800* NEEDS NO CHANGE HERE, ONLY A LOAD MODULE (THAT WAS THE IDEA). * GLA010
000900* ONE PAIR OF JOURNALS FOR EACH BRANCH, CENTS ONLY. THE FIVE    * GLA010
001000* DECIMALS STAY IN THE ACCRUAL MASTER.                          * GLA010
001100*                                                               * GLA010
001200* 93-03 RTC  TIERS                                      GL-0533 * GLA010
001300* 09-01 PLD  DORMANT ACCOUNTS DO NOT ACCRUE             GL-0977 * GLA010
001400***************************************************************** GLA010
001500 ENVIRONMENT DIVISION.                                            GLA010
001600 INPUT-OUTPUT SECTION.                                            GLA010
001700 FILE-CONTROL.                                                    GLA010
001800     SELECT PARM-FILE    ASSIGN TO PARMCARD.                      GLA010
001900     SELECT RATE-FILE    ASSIGN TO RATES.                         GLA010
002000     SELECT OLD-ACCRUAL  ASSIGN TO ACMSTI.                        GLA010
002100     SELECT NEW-ACCRUAL  ASSIGN TO ACMSTO.                        GLA010
002200     SELECT OPTIONAL JOURNAL-FILE ASSIGN TO JRNLOUT.              GLA010
002300     SELECT REPORT-FILE  ASSIGN TO ACCRPT.                        GLA010
002400 DATA DIVISION.                                                   GLA010
002500 FILE SECTION.                                                    GLA010
002600 FD  PARM-FILE.                                                   GLA010
002700     COPY GLPARM.                                                 GLA010
002800 FD  RATE-FILE.                                                   GLA010
002900 01  RI-RECORD                       PIC X(80).                   GLA010
003000 FD  OLD-ACCRUAL.                                                 GLA010
003100     COPY GLACRU REPLACING ==:TAG:== BY ==OA==.                   GLA010
003200 FD  NEW-ACCRUAL.                                                 GLA010
003300     COPY GLACRU REPLACING ==:TAG:== BY ==NA==.                   GLA010
003400 FD  JOURNAL-FILE.                                                GLA010
003500     COPY GLJRNL REPLACING ==:TAG:== BY ==JR==.                   GLA010
003600 FD  REPORT-FILE.                                                 GLA010
003700 01  RP-LINE                         PIC X(133).                  GLA010
003800 WORKING-STORAGE SECTION.                                         GLA010
003900     COPY GLACCT.                                                 GLA010
004000     COPY GLCTLR.                                                 GLA010
004100     COPY GLDATE.                                                 GLA010
004200     COPY GLRATE.                                                 GLA010
004300     COPY GLHEAD REPLACING ==REPORT-TITLE== BY                    GLA010
004400         =='INTEREST ACCRUED'==                                   GLA010
004500         ==REPORT-ID== BY =='GLA010-1'==.                         GLA010
004600 01  WS-RATE-TABLE.                                               GLA010
004700     05  WS-RATE-MAX                 PIC 9(02) COMP VALUE ZERO.   GLA010
004800     05  WS-RATE-LINE                PIC X(80) OCCURS 20.         GLA010
004900 01  WS-SWITCHES.                                                 GLA010
005000     05  WS-EOF-SW                   PIC X(01) VALUE 'N'.         GLA010
005100         88  WS-EOF                        VALUE 'Y'.             GLA010
005200     05  WS-RATE-EOF-SW              PIC X(01) VALUE 'N'.         GLA010
005300         88  WS-RATE-EOF                   VALUE 'Y'.             GLA010
005400     05  WS-FOUND-SW                 PIC X(01).                   GLA010
005500         88  WS-FOUND                      VALUE 'Y'.             GLA010
005600 01  WS-WORK.                                                     GLA010
005700     05  WS-METHOD                   PIC X(08).                   GLA010
005800     05  WS-IX                       PIC 9(02) COMP.              GLA010
005900     05  WS-BRANCH                   PIC 9(03) VALUE ZERO.        GLA010
006000     05  WS-BEFORE                   PIC S9(09)V99 COMP-3.        GLA010
006100     05  WS-AFTER                    PIC S9(09)V99 COMP-3.        GLA010
006200     05  WS-BR-TOTAL                 PIC S9(11)V99 COMP-3         GLA010
006300                                               VALUE ZERO.        GLA010
006400     05  WS-ALL-TOTAL                PIC S9(11)V99 COMP-3         GLA010
006500                                               VALUE ZERO.        GLA010
006600     05  WS-INTEREST                 PIC S9(09)V9(05) COMP-3.     GLA010
006700     05  WS-SEQ                      PIC 9(05) VALUE ZERO.        GLA010
006800 01  WS-DETAIL.                                                   GLA010
006900     05  FILLER                      PIC X(01) VALUE ' '.         GLA010
007000     05  D-BRANCH                    PIC 9(03).                   GLA010
007100     05  FILLER                      PIC X(02) VALUE SPACES.      GLA010
007200     05  D-ACCT                      PIC 9(10).                   GLA010
007300     05  FILLER                      PIC X(02) VALUE SPACES.      GLA010
007400     05  D-PRODUCT                   PIC X(03).                   GLA010
007500     05  FILLER                      PIC X(02) VALUE SPACES.      GLA010
007600     05  D-BALANCE                   PIC Z,ZZZ,ZZZ,ZZ9.99-.       GLA010
007700     05  FILLER                      PIC X(02) VALUE SPACES.      GLA010
007800     05  D-METHOD                    PIC X(08).                   GLA010
007900     05  FILLER                      PIC X(02) VALUE SPACES.      GLA010
008000     05  D-DAYS                      PIC ZZ9.                     GLA010
008100     05  FILLER                      PIC X(02) VALUE SPACES.      GLA010
008200     05  D-INTEREST                  PIC Z,ZZZ,ZZ9.99999-.        GLA010
008300     05  FILLER                      PIC X(02) VALUE SPACES.      GLA010
008400     05  D-NOTE                      PIC X(12).                   GLA010
008500     05  FILLER                      PIC X(46) VALUE SPACES.      GLA010
008600 01  WS-TOTAL-LINE.                                               GLA010
008700     05  FILLER                      PIC X(01) VALUE '0'.         GLA010
008800     05  FILLER                      PIC X(20)                    GLA010
008900             VALUE 'ACCRUED TO LEDGER'.                           GLA010
009000     05  T-TOTAL                     PIC Z,ZZZ,ZZZ,ZZ9.99-.       GLA010
009100     05  FILLER                      PIC X(95) VALUE SPACES.      GLA010
009200 PROCEDURE DIVISION.                                              GLA010
009300 0000-MAIN.                                                       GLA010
009400     OPEN INPUT PARM-FILE RATE-FILE OLD-ACCRUAL.                  GLA010
009500     OPEN OUTPUT NEW-ACCRUAL REPORT-FILE.                         GLA010
009600     OPEN EXTEND JOURNAL-FILE.                                    GLA010
009700     READ PARM-FILE AT END                                        GLA010
009800         CALL 'GLSABND' USING 'GLA010  '                          GLA010
009900             'NO PARAMETER CARD                       '.          GLA010
010000     MOVE PM-COMPANY TO HD-COMPANY.                               GLA010
010100     MOVE PM-RUN-DATE TO HD-DATE.                                 GLA010
010200     MOVE 1 TO HD-PAGE.                                           GLA010
010300     WRITE RP-LINE FROM HD-LINE-1.                                GLA010
010400     WRITE RP-LINE FROM HD-LINE-2.                                GLA010
010500     MOVE ZERO TO CT-COUNT CT-DEBIT CT-CREDIT CT-HASH.            GLA010
010600     PERFORM 1000-RATES THRU 1000-EXIT UNTIL WS-RATE-EOF.         GLA010
010700     PERFORM 2000-ACCOUNT THRU 2000-EXIT UNTIL WS-EOF.            GLA010
010800     PERFORM 4000-BRANCH THRU 4000-EXIT.                          GLA010
010900     MOVE WS-ALL-TOTAL TO T-TOTAL.                                GLA010
011000     WRITE RP-LINE FROM WS-TOTAL-LINE.                            GLA010
011100     MOVE PM-RUN-DATE TO CT-RUN-DATE.                             GLA010
011200     MOVE 'GLA010' TO CT-PROGRAM.                                 GLA010
011300     MOVE 'ACCRUED' TO CT-LABEL.                                  GLA010
011400     CALL 'GLSCTL' USING CT-RECORD.                               GLA010
011500     CLOSE PARM-FILE RATE-FILE OLD-ACCRUAL NEW-ACCRUAL            GLA010
011600           REPORT-FILE JOURNAL-FILE.                              GLA010
011700     STOP RUN.                                                    GLA010
011800*                                                                 GLA010
011900 1000-RATES.                                                      GLA010
012000     READ RATE-FILE INTO RT-RECORD AT END                         GLA010
012100         MOVE 'Y' TO WS-RATE-EOF-SW                               GLA010
012200         GO TO 1000-EXIT.                                         GLA010
012300     IF RT-EFF-DATE > PM-RUN-DATE                                 GLA010
012400         GO TO 1000-EXIT.                                         GLA010
012500     ADD 1 TO WS-RATE-MAX.                                        GLA010
012600     MOVE RT-RECORD TO WS-RATE-LINE (WS-RATE-MAX).                GLA010
012700 1000-EXIT.                                                       GLA010
012800     EXIT.                                                        GLA010
012900*                                                                 GLA010
013000 2000-ACCOUNT.                                                    GLA010
013100     READ OLD-ACCRUAL AT END                                      GLA010
013200         MOVE 'Y' TO WS-EOF-SW                                    GLA010
013300         GO TO 2000-EXIT.                                         GLA010
013400     IF OA-BRANCH NOT = WS-BRANCH                                 GLA010
013500         PERFORM 4000-BRANCH THRU 4000-EXIT.                      GLA010
013600     MOVE OA-RECORD TO NA-RECORD.                                 GLA010
013700     MOVE SPACES TO D-NOTE D-METHOD.                              GLA010
013800     MOVE ZERO TO WS-INTEREST DT-DAYS.                            GLA010
013900     IF NOT OA-ACTIVE                                             GL0977
014000         MOVE 'NOT ACTIVE' TO D-NOTE                              GL0977
014100         GO TO 2800-WRITE.                                        GL0977
014200     MOVE 'B' TO DT-FUNCTION.                                     GLA010
014300     MOVE OA-LAST-ACCR TO DT-DATE-1.                              GLA010
014400     IF OA-LAST-ACCR = ZERO                                       GLA010
014500         MOVE PM-RUN-DATE TO NA-LAST-ACCR                         GLA010
014600         MOVE 'FIRST DAY' TO D-NOTE                               GLA010
014700         GO TO 2800-WRITE.                                        GLA010
014800     MOVE PM-RUN-DATE TO DT-DATE-2.                               GLA010
014900     CALL 'GLSDATE' USING DT-AREA.                                GLA010
015000     IF DT-BAD OR DT-DAYS < ZERO                                  GLA010
015100         MOVE 'BAD DATE' TO D-NOTE                                GLA010
015200         GO TO 2800-WRITE.                                        GLA010
015300     MOVE 'N' TO WS-FOUND-SW.                                     GLA010
015400     PERFORM 2500-FIND-RATE THRU 2500-EXIT                        GLA010
015500         VARYING WS-IX FROM 1 BY 1 UNTIL WS-IX > WS-RATE-MAX.     GLA010
015600     IF NOT WS-FOUND                                              GLA010
015700         MOVE 'NO RATE' TO D-NOTE                                 GLA010
015800         GO TO 2800-WRITE.                                        GLA010
015900     MOVE RT-METHOD TO WS-METHOD.                                 GLA010
016000     IF WS-METHOD = SPACES                                        GLA010
016100         MOVE 'GLIRT01' TO WS-METHOD.                             GLA010
016200     CALL WS-METHOD USING RT-RECORD OA-BALANCE DT-DAYS            GLA010
016300         WS-INTEREST.                                             GLA010
016400     MOVE WS-METHOD TO D-METHOD.                                  GLA010
016500     MOVE OA-ACCRUED TO WS-BEFORE.                                GLA010
016600     ADD WS-INTEREST TO NA-ACCRUED.                               GLA010
016700     MOVE NA-ACCRUED TO WS-AFTER.                                 GLA010
016800     COMPUTE WS-BR-TOTAL = WS-BR-TOTAL + WS-AFTER - WS-BEFORE.    GLA010
016900     MOVE PM-RUN-DATE TO NA-LAST-ACCR.                            GLA010
017000 2800-WRITE.                                                      GLA010
017100     WRITE NA-RECORD.                                             GLA010
017200     MOVE OA-BRANCH TO D-BRANCH.                                  GLA010
017300     MOVE OA-ACCT-NO TO D-ACCT.                                   GLA010
017400     MOVE OA-PRODUCT TO D-PRODUCT.                                GLA010
017500     MOVE OA-BALANCE TO D-BALANCE.                                GLA010
017600     MOVE DT-DAYS TO D-DAYS.                                      GLA010
017700     MOVE WS-INTEREST TO D-INTEREST.                              GLA010
017800     WRITE RP-LINE FROM WS-DETAIL.                                GLA010
017900 2000-EXIT.                                                       GLA010
018000     EXIT.                                                        GLA010
018100*                                                                 GLA010
018200*    THE LAST ONE THAT IS IN FORCE WINS, THE FILE IS BY DATE      GLA010
018300 2500-FIND-RATE.                                                  GLA010
018400     IF WS-RATE-LINE (WS-IX) (1:2) = OA-RATE-CODE                 GLA010
018500         MOVE WS-RATE-LINE (WS-IX) TO RT-RECORD                   GLA010
018600         MOVE 'Y' TO WS-FOUND-SW.                                 GLA010
018700 2500-EXIT.                                                       GLA010
018800     EXIT.                                                        GLA010
018900*                                                                 GLA010
019000 4000-BRANCH.                                                     GLA010
019100     IF WS-BR-TOTAL = ZERO                                        GLA010
019200         GO TO 4900-NEXT.                                         GLA010
019300     MOVE WS-BRANCH TO JR-BRANCH.                                 GLA010
019400     MOVE PM-RUN-DATE TO JR-EFF-DATE.                             GLA010
019500     MOVE 'ACR' TO JR-SOURCE.                                     GLA010
019600     MOVE 80001 TO JR-BATCH-NO.                                   GLA010
019700     MOVE WS-BR-TOTAL TO JR-AMOUNT.                               GLA010
019800     MOVE 'INTEREST ACCRUED' TO JR-DESCR.                         GLA010
019900     MOVE SPACES TO JR-REF JR-ERR-CODE.                           GLA010
020000     MOVE 'N' TO JR-STATUS.                                       GLA010
020100     MOVE AN-INT-EXPENSE TO JR-ACCOUNT.                           GLA010
020200     MOVE 'D' TO JR-DRCR.                                         GLA010
020300     ADD 1 TO WS-SEQ.                                             GLA010
020400     MOVE WS-SEQ TO JR-SEQ-NO.                                    GLA010
020500     WRITE JR-RECORD.                                             GLA010
020600     MOVE AN-INT-PAYABLE TO JR-ACCOUNT.                           GLA010
020700     MOVE 'C' TO JR-DRCR.                                         GLA010
020800     ADD 1 TO WS-SEQ.                                             GLA010
020900     MOVE WS-SEQ TO JR-SEQ-NO.                                    GLA010
021000     WRITE JR-RECORD.                                             GLA010
021100     ADD 2 TO CT-COUNT.                                           GLA010
021200     ADD WS-BR-TOTAL TO CT-DEBIT CT-CREDIT WS-ALL-TOTAL.          GLA010
021300     ADD AN-INT-EXPENSE AN-INT-PAYABLE TO CT-HASH.                GLA010
021400 4900-NEXT.                                                       GLA010
021500     MOVE ZERO TO WS-BR-TOTAL.                                    GLA010
021600     MOVE OA-BRANCH TO WS-BRANCH.                                 GLA010
021700 4000-EXIT.                                                       GLA010
021800     EXIT.                                                        GLA010
