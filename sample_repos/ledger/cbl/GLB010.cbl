000100 IDENTIFICATION DIVISION.                                         GLB010
000200 PROGRAM-ID.    GLB010.                                           GLB010
000300 AUTHOR.        H WESTERGAARD.                                    GLB010
000400 DATE-WRITTEN.  APRIL 1986.                                       GLB010
000500***************************************************************** GLB010
000600* CONVERTS THE FEEDS OF DEPOSITS AND LOANS INTO JOURNALS.       * GLB010
000700* EVERY FEED RECORD GIVES A DEBIT AND A CREDIT.                 * GLB010
000800* A FEED WHOSE TRAILER DOES NOT AGREE IS REFUSED: RETURN CODE 8,* GLB010
000900* BUT WHAT WAS WRITTEN UP TO THEN STAYS IN THE FILE (DISP=MOD). * GLB010
001000*                                                               * GLB010
001100* 94-02 RTC  LOANS (TYPE L)                             GL-0377 * GLB010
001200* 98-11 RTC  YEAR 2000                                          * GLB010
001300* 07-06 PLD  TELLER 9999 = ATM NETWORK                  GL-0910 * GLB010
001400***************************************************************** GLB010
001500 ENVIRONMENT DIVISION.                                            GLB010
001600 CONFIGURATION SECTION.                                           GLB010
001700 SOURCE-COMPUTER. IBM-4381.                                       GLB010
001800 OBJECT-COMPUTER. IBM-4381.                                       GLB010
001900 INPUT-OUTPUT SECTION.                                            GLB010
002000 FILE-CONTROL.                                                    GLB010
002100     SELECT PARM-FILE   ASSIGN TO PARMCARD.                       GLB010
002200     SELECT FEED-FILE   ASSIGN TO FEEDIN.                         GLB010
002300     SELECT OPTIONAL JOURNAL-FILE ASSIGN TO JRNLOUT.              GLB010
002400 DATA DIVISION.                                                   GLB010
002500 FILE SECTION.                                                    GLB010
002600 FD  PARM-FILE                                                    GLB010
002700     LABEL RECORDS ARE STANDARD.                                  GLB010
002800     COPY GLPARM.                                                 GLB010
002900 FD  FEED-FILE                                                    GLB010
003000     LABEL RECORDS ARE STANDARD.                                  GLB010
003100     COPY GLFEED.                                                 GLB010
003200 FD  JOURNAL-FILE                                                 GLB010
003300     LABEL RECORDS ARE STANDARD.                                  GLB010
003400     COPY GLJRNL REPLACING ==:TAG:== BY ==JR==.                   GLB010
003500 WORKING-STORAGE SECTION.                                         GLB010
003600     COPY GLACCT.                                                 GLB010
003700     COPY GLCTLR.                                                 GLB010
003800 01  WS-SWITCHES.                                                 GLB010
003900     05  WS-EOF-SW                   PIC X(01) VALUE 'N'.         GLB010
004000         88  WS-EOF                        VALUE 'Y'.             GLB010
004100     05  WS-TRAILER-SW               PIC X(01) VALUE 'N'.         GLB010
004200         88  WS-TRAILER-SEEN               VALUE 'Y'.             GLB010
004300     05  WS-REFUSED-SW               PIC X(01) VALUE 'N'.         GLB010
004400         88  WS-REFUSED                    VALUE 'Y'.             GLB010
004500 01  WS-COUNTERS.                                                 GLB010
004600     05  WS-READ                     PIC 9(07) COMP-3 VALUE ZERO. GLB010
004700     05  WS-SEQ                      PIC 9(05) COMP-3 VALUE ZERO. GLB010
004800     05  WS-IN-TOTAL                 PIC S9(11)V99 COMP-3         GLB010
004900                                               VALUE ZERO.        GLB010
005000     05  WS-FD-COUNT                 PIC 9(07) VALUE ZERO.        GLB010
005100     05  WS-FD-AMOUNT                PIC 9(11)V99 VALUE ZERO.     GLB010
005200     05  WS-BATCH                    PIC 9(05) VALUE ZERO.        GLB010
005300 01  WS-ENTRY.                                                    GLB010
005400     05  WS-DR-ACCOUNT               PIC 9(08).                   GLB010
005500     05  WS-CR-ACCOUNT               PIC 9(08).                   GLB010
005600     05  WS-AMOUNT                   PIC S9(11)V99 COMP-3.        GLB010
005700     05  WS-BRANCH                   PIC 9(03).                   GLB010
005800     05  WS-DATE                     PIC 9(06).                   GLB010
005900     05  WS-DESCR                    PIC X(30).                   GLB010
006000     05  WS-SOURCE                   PIC X(03).                   GLB010
006100 PROCEDURE DIVISION.                                              GLB010
006200 0000-MAIN.                                                       GLB010
006300     PERFORM 1000-OPEN THRU 1000-EXIT.                            GLB010
006400     PERFORM 2000-FEED THRU 2000-EXIT UNTIL WS-EOF.               GLB010
006500     PERFORM 8000-CLOSE THRU 8000-EXIT.                           GLB010
006600     STOP RUN.                                                    GLB010
006700*                                                                 GLB010
006800 1000-OPEN.                                                       GLB010
006900     OPEN INPUT PARM-FILE FEED-FILE.                              GLB010
007000     OPEN EXTEND JOURNAL-FILE.                                    GLB010
007100     READ PARM-FILE AT END                                        GLB010
007200         CALL 'GLSABND' USING 'GLB010  '                          GLB010
007300             'NO PARAMETER CARD                       '.          GLB010
007400     MOVE ZERO TO CT-COUNT CT-DEBIT CT-CREDIT CT-HASH.            GLB010
007500     PERFORM 2900-READ THRU 2900-EXIT.                            GLB010
007600 1000-EXIT.                                                       GLB010
007700     EXIT.                                                        GLB010
007800*                                                                 GLB010
007900 2000-FEED.                                                       GLB010
008000     IF FD-HEADER                                                 GLB010
008100         MOVE FD-H-BATCH TO WS-BATCH                              GLB010
008200         MOVE ZERO TO WS-SEQ                                      GLB010
008300         GO TO 2000-NEXT.                                         GLB010
008400     IF FD-TRAILER                                                GLB010
008500         PERFORM 2500-TRAILER THRU 2500-EXIT                      GLB010
008600         GO TO 2000-NEXT.                                         GLB010
008700     IF FD-DEPOSIT                                                GLB010
008800         PERFORM 2100-DEPOSIT THRU 2100-EXIT                      GLB010
008900     ELSE                                                         GLB010
009000     IF FD-LOAN                                                   GLB010
009100         PERFORM 2200-LOAN THRU 2200-EXIT                         GLB010
009200     ELSE                                                         GLB010
009300         DISPLAY 'GLB010  RECORD TYPE ' FD-TYPE ' SKIPPED'.       GLB010
009400 2000-NEXT.                                                       GLB010
009500     PERFORM 2900-READ THRU 2900-EXIT.                            GLB010
009600 2000-EXIT.                                                       GLB010
009700     EXIT.                                                        GLB010
009800*                                                                 GLB010
009900 2100-DEPOSIT.                                                    GLB010
010000     MOVE 'DPS' TO WS-SOURCE.                                     GLB010
010100     MOVE FD-D-BRANCH TO WS-BRANCH.                               GLB010
010200     MOVE FD-D-AMOUNT TO WS-AMOUNT.                               GLB010
010300     MOVE FD-D-DATE TO WS-DATE.                                   GLB010
010400     MOVE FD-D-NARR TO WS-DESCR.                                  GLB010
010500     MOVE FD-D-ACCT-NO TO JR-REF.                                 GLB010
010600     ADD 1 TO WS-FD-COUNT.                                        GLB010
010700     ADD FD-D-AMOUNT TO WS-FD-AMOUNT.                             GLB010
010800*    TRAN 1XX CASH IN, 2XX CASH OUT, 3XX FEES, 4XX INTEREST PAID  GLB010
010900*    SECOND DIGIT 1 = SAVINGS                                     GLB010
011000     GO TO 2110-CASH-IN 2120-CASH-OUT 2130-FEE 2140-INTEREST      GLB010
011100         DEPENDING ON FD-D-TRAN-KIND.                             GLB010
011200     DISPLAY 'GLB010  TRAN CODE ' FD-D-TRAN ' TO SUSPENSE'.       GLB010
011300     MOVE 29900107 TO WS-DR-ACCOUNT.                              GLB010
011400     MOVE AN-CASH TO WS-CR-ACCOUNT.                               GLB010
011500     GO TO 2190-WRITE.                                            GLB010
011600 2110-CASH-IN.                                                    GLB010
011700     MOVE AN-CASH TO WS-DR-ACCOUNT.                               GLB010
011800     PERFORM 2180-LIABILITY THRU 2180-EXIT.                       GLB010
011900     IF FD-D-TELLER = 9999                                        GLB010
012000         MOVE AN-DUE-FROM TO WS-DR-ACCOUNT.                       GL0910
012100     GO TO 2190-WRITE.                                            GLB010
012200 2120-CASH-OUT.                                                   GLB010
012300     PERFORM 2180-LIABILITY THRU 2180-EXIT.                       GLB010
012400     MOVE WS-CR-ACCOUNT TO WS-DR-ACCOUNT.                         GLB010
012500     MOVE AN-CASH TO WS-CR-ACCOUNT.                               GLB010
012600     IF FD-D-TELLER = 9999                                        GLB010
012700         MOVE AN-DUE-FROM TO WS-CR-ACCOUNT.                       GL0910
012800     GO TO 2190-WRITE.                                            GLB010
012900 2130-FEE.                                                        GLB010
013000     PERFORM 2180-LIABILITY THRU 2180-EXIT.                       GLB010
013100     MOVE WS-CR-ACCOUNT TO WS-DR-ACCOUNT.                         GLB010
013200     MOVE AN-FEE-INCOME TO WS-CR-ACCOUNT.                         GLB010
013300     GO TO 2190-WRITE.                                            GLB010
013400 2140-INTEREST.                                                   GLB010
013500     PERFORM 2180-LIABILITY THRU 2180-EXIT.                       GLB010
013600     MOVE AN-INT-PAYABLE TO WS-DR-ACCOUNT.                        GLB010
013700 2190-WRITE.                                                      GLB010
013800     PERFORM 3000-PAIR THRU 3000-EXIT.                            GLB010
013900 2100-EXIT.                                                       GLB010
014000     EXIT.                                                        GLB010
014100 2180-LIABILITY.                                                  GLB010
014200     IF FD-D-TRAN-PROD = 1                                        GLB010
014300         MOVE AN-SAVINGS TO WS-CR-ACCOUNT                         GLB010
014400     ELSE                                                         GLB010
014500         MOVE AN-DEMAND TO WS-CR-ACCOUNT.                         GLB010
014600 2180-EXIT.                                                       GLB010
014700     EXIT.                                                        GLB010
014800*                                                                 GLB010
014900 2200-LOAN.                                                       GLB010
015000     MOVE 'LNS' TO WS-SOURCE.                                     GLB010
015100     MOVE FD-L-BRANCH TO WS-BRANCH.                               GLB010
015200     MOVE FD-L-AMOUNT TO WS-AMOUNT.                               GLB010
015300     MOVE FD-L-DATE TO WS-DATE.                                   GLB010
015400     MOVE FD-L-LOAN-NO TO JR-LOAN-NO.                             GLB010
015500     MOVE FD-L-SEQ TO JR-LOAN-SEQ.                                GLB010
015600     ADD 1 TO WS-FD-COUNT.                                        GLB010
015700     ADD FD-L-AMOUNT TO WS-FD-AMOUNT.                             GLB010
015800     IF FD-L-DISBURSE                                             GLB010
015900         MOVE 'LOAN PAID OUT' TO WS-DESCR                         GLB010
016000         MOVE AN-LOANS TO WS-DR-ACCOUNT                           GLB010
016100         MOVE AN-CASH TO WS-CR-ACCOUNT                            GLB010
016200     ELSE                                                         GLB010
016300     IF FD-L-PRINCIPAL                                            GLB010
016400         MOVE 'LOAN REPAYMENT' TO WS-DESCR                        GLB010
016500         MOVE AN-CASH TO WS-DR-ACCOUNT                            GLB010
016600         MOVE AN-LOANS TO WS-CR-ACCOUNT                           GLB010
016700     ELSE                                                         GLB010
016800         MOVE 'LOAN INTEREST' TO WS-DESCR                         GLB010
016900         MOVE AN-CASH TO WS-DR-ACCOUNT                            GLB010
017000         MOVE AN-LOAN-INCOME TO WS-CR-ACCOUNT.                    GLB010
017100     PERFORM 3000-PAIR THRU 3000-EXIT.                            GLB010
017200 2200-EXIT.                                                       GLB010
017300     EXIT.                                                        GLB010
017400*                                                                 GLB010
017500 2500-TRAILER.                                                    GLB010
017600     MOVE 'Y' TO WS-TRAILER-SW.                                   GLB010
017700     IF FD-T-COUNT NOT = WS-FD-COUNT                              GLB010
017800        OR FD-T-AMOUNT NOT = WS-FD-AMOUNT                         GLB010
017900         DISPLAY 'GLB010  BATCH ' WS-BATCH ' TRAILER '            GLB010
018000             FD-T-COUNT ' ' FD-T-AMOUNT                           GLB010
018100             ' READ ' WS-FD-COUNT ' ' WS-FD-AMOUNT                GLB010
018200         MOVE 'Y' TO WS-REFUSED-SW.                               GLB010
018300     MOVE ZERO TO WS-FD-COUNT WS-FD-AMOUNT.                       GLB010
018400 2500-EXIT.                                                       GLB010
018500     EXIT.                                                        GLB010
018600*                                                                 GLB010
018700 2900-READ.                                                       GLB010
018800     READ FEED-FILE AT END                                        GLB010
018900         MOVE 'Y' TO WS-EOF-SW                                    GLB010
019000         GO TO 2900-EXIT.                                         GLB010
019100     ADD 1 TO WS-READ.                                            GLB010
019200 2900-EXIT.                                                       GLB010
019300     EXIT.                                                        GLB010
019400*                                                                 GLB010
019500 3000-PAIR.                                                       GLB010
019600     MOVE WS-BRANCH TO JR-BRANCH.                                 GLB010
019700     MOVE WS-DATE TO JR-EFF-DATE.                                 GLB010
019800     MOVE WS-SOURCE TO JR-SOURCE.                                 GLB010
019900     MOVE WS-BATCH TO JR-BATCH-NO.                                GLB010
020000     MOVE WS-AMOUNT TO JR-AMOUNT.                                 GLB010
020100     MOVE WS-DESCR TO JR-DESCR.                                   GLB010
020200     MOVE 'N' TO JR-STATUS.                                       GLB010
020300     MOVE SPACES TO JR-ERR-CODE.                                  GLB010
020400     MOVE WS-DR-ACCOUNT TO JR-ACCOUNT.                            GLB010
020500     MOVE 'D' TO JR-DRCR.                                         GLB010
020600     ADD 1 TO WS-SEQ.                                             GLB010
020700     MOVE WS-SEQ TO JR-SEQ-NO.                                    GLB010
020800     WRITE JR-RECORD.                                             GLB010
020900     MOVE WS-CR-ACCOUNT TO JR-ACCOUNT.                            GLB010
021000     MOVE 'C' TO JR-DRCR.                                         GLB010
021100     ADD 1 TO WS-SEQ.                                             GLB010
021200     MOVE WS-SEQ TO JR-SEQ-NO.                                    GLB010
021300     WRITE JR-RECORD.                                             GLB010
021400     ADD 2 TO CT-COUNT.                                           GLB010
021500     ADD WS-AMOUNT TO CT-DEBIT CT-CREDIT.                         GLB010
021600     ADD WS-DR-ACCOUNT WS-CR-ACCOUNT TO CT-HASH.                  GLB010
021700 3000-EXIT.                                                       GLB010
021800     EXIT.                                                        GLB010
021900*                                                                 GLB010
022000 8000-CLOSE.                                                      GLB010
022100     IF NOT WS-TRAILER-SEEN                                       GLB010
022200         DISPLAY 'GLB010  NO TRAILER'                             GLB010
022300         MOVE 'Y' TO WS-REFUSED-SW.                               GLB010
022400     MOVE PM-RUN-DATE TO CT-RUN-DATE.                             GLB010
022500     MOVE 'GLB010' TO CT-PROGRAM.                                 GLB010
022600     MOVE 'CONVERTED' TO CT-LABEL.                                GLB010
022700     CALL 'GLSCTL' USING CT-RECORD.                               GLB010
022800*    AFTER THE LAST CALL, EVERY CALL SETS THE RETURN CODE         GLB010
022900     IF WS-REFUSED                                                GLB010
023000         MOVE 8 TO RETURN-CODE.                                   GLB010
023100     CLOSE PARM-FILE FEED-FILE JOURNAL-FILE.                      GLB010
023200 8000-EXIT.                                                       GLB010
023300     EXIT.                                                        GLB010
