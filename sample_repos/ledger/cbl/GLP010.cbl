000100 IDENTIFICATION DIVISION.                                         GLP010
000200 PROGRAM-ID.    GLP010.                                           GLP010
000300 AUTHOR.        H WESTERGAARD.                                    GLP010
000400 DATE-WRITTEN.  MARCH 1989.                                       GLP010
000500***************************************************************** GLP010
000600* SELECTS INVOICES THAT ARE DUE AND MARKS THEM PAID.            * GLP010
000700* MARKED PAID BEFORE THE MONEY IS GONE: WHEN THE CLEARING FILE  * GLP010
000800* FAILS LATER, SOMEBODY HAS TO SET THEM BACK BY HAND (GL-0744). * GLP010
000900* JOURNALS: EXPENSE TO PAYABLES AND PAYABLES TO CORRESPONDENT,  * GLP010
001000* BOTH ON THE DAY OF PAYMENT. THERE IS NO LIABILITY BEFORE.     * GLP010
001100***************************************************************** GLP010
001200 ENVIRONMENT DIVISION.                                            GLP010
001300 INPUT-OUTPUT SECTION.                                            GLP010
001400 FILE-CONTROL.                                                    GLP010
001500     SELECT PARM-FILE    ASSIGN TO PARMCARD.                      GLP010
001600     SELECT OLD-INVOICE  ASSIGN TO INVIN.                         GLP010
001700     SELECT NEW-INVOICE  ASSIGN TO INVOUT.                        GLP010
001800     SELECT OPTIONAL PAYMENT-FILE ASSIGN TO PAYOUT.               GLP010
001900     SELECT OPTIONAL JOURNAL-FILE ASSIGN TO JRNLOUT.              GLP010
002000     SELECT REPORT-FILE  ASSIGN TO PAYRPT.                        GLP010
002100 DATA DIVISION.                                                   GLP010
002200 FILE SECTION.                                                    GLP010
002300 FD  PARM-FILE.                                                   GLP010
002400     COPY GLPARM.                                                 GLP010
002500 FD  OLD-INVOICE.                                                 GLP010
002600     COPY GLINVC REPLACING ==:TAG:== BY ==OI==.                   GLP010
002700 FD  NEW-INVOICE.                                                 GLP010
002800     COPY GLINVC REPLACING ==:TAG:== BY ==NI==.                   GLP010
002900 FD  PAYMENT-FILE.                                                GLP010
003000     COPY GLPAYM REPLACING ==:TAG:== BY ==PY==.                   GLP010
003100 FD  JOURNAL-FILE.                                                GLP010
003200     COPY GLJRNL REPLACING ==:TAG:== BY ==JR==.                   GLP010
003300 FD  REPORT-FILE.                                                 GLP010
003400 01  RP-LINE                         PIC X(133).                  GLP010
003500 WORKING-STORAGE SECTION.                                         GLP010
003600     COPY GLACCT.                                                 GLP010
003700     COPY GLCTLR.                                                 GLP010
003800     COPY GLHEAD REPLACING ==REPORT-TITLE== BY                    GLP010
003900         =='PAYMENT REGISTER'==                                   GLP010
004000         ==REPORT-ID== BY =='GLP010-1'==.                         GLP010
004100 01  WS-WORK.                                                     GLP010
004200     05  WS-EOF-SW                   PIC X(01) VALUE 'N'.         GLP010
004300         88  WS-EOF                        VALUE 'Y'.             GLP010
004400     05  WS-PAY-NO                   PIC 9(07).                   GLP010
004500     05  WS-PAY-NO-R REDEFINES WS-PAY-NO.                         GLP010
004600         10  WS-PAY-DAY              PIC 9(04).                   GLP010
004700         10  WS-PAY-SEQ              PIC 9(03).                   GLP010
004800     05  WS-SEQ                      PIC 9(05) VALUE ZERO.        GLP010
004900     05  WS-COUNT                    PIC 9(05) VALUE ZERO.        GLP010
005000*    MORE THAN THIS NEEDS A SIGNATURE, SO IT IS HELD              GLP010
005100     05  WS-LIMIT                    PIC S9(09)V99 COMP-3         GLP010
005200                                               VALUE 25000.00.    GLP010
005300 01  WS-DETAIL.                                                   GLP010
005400     05  FILLER                      PIC X(01) VALUE ' '.         GLP010
005500     05  D-PAY-NO                    PIC 9(07).                   GLP010
005600     05  FILLER                      PIC X(02) VALUE SPACES.      GLP010
005700     05  D-VENDOR                    PIC 9(06).                   GLP010
005800     05  FILLER                      PIC X(02) VALUE SPACES.      GLP010
005900     05  D-NAME                      PIC X(22).                   GLP010
006000     05  FILLER                      PIC X(02) VALUE SPACES.      GLP010
006100     05  D-INVOICE                   PIC X(10).                   GLP010
006200     05  FILLER                      PIC X(02) VALUE SPACES.      GLP010
006300     05  D-AMOUNT                    PIC ZZ,ZZZ,ZZ9.99-.          GLP010
006400     05  FILLER                      PIC X(02) VALUE SPACES.      GLP010
006500     05  D-NOTE                      PIC X(10).                   GLP010
006600     05  FILLER                      PIC X(53) VALUE SPACES.      GLP010
006700 PROCEDURE DIVISION.                                              GLP010
006800 0000-MAIN.                                                       GLP010
006900     OPEN INPUT PARM-FILE OLD-INVOICE.                            GLP010
007000     OPEN OUTPUT NEW-INVOICE REPORT-FILE.                         GLP010
007100     OPEN EXTEND PAYMENT-FILE JOURNAL-FILE.                       GLP010
007200     READ PARM-FILE AT END                                        GLP010
007300         CALL 'GLSABND' USING 'GLP010  '                          GLP010
007400             'NO PARAMETER CARD                       '.          GLP010
007500     MOVE PM-COMPANY TO HD-COMPANY.                               GLP010
007600     MOVE PM-RUN-DATE TO HD-DATE.                                 GLP010
007700     MOVE 1 TO HD-PAGE.                                           GLP010
007800     WRITE RP-LINE FROM HD-LINE-1.                                GLP010
007900     WRITE RP-LINE FROM HD-LINE-2.                                GLP010
008000*    MONTH AND DAY, THREE DIGITS FOR THE PAYMENT. UNIQUE FOR A    GLP010
008100*    YEAR AND FOR 999 PAYMENTS A DAY.                             GLP010
008200     MOVE PM-RUN-DATE (3:4) TO WS-PAY-DAY.                        GLP010
008300     MOVE ZERO TO WS-PAY-SEQ.                                     GLP010
008400     MOVE ZERO TO CT-COUNT CT-DEBIT CT-CREDIT CT-HASH.            GLP010
008500     PERFORM 2000-INVOICE THRU 2000-EXIT UNTIL WS-EOF.            GLP010
008600     MOVE PM-RUN-DATE TO CT-RUN-DATE.                             GLP010
008700     MOVE 'GLP010' TO CT-PROGRAM.                                 GLP010
008800     MOVE 'SELECTED' TO CT-LABEL.                                 GLP010
008900     CALL 'GLSCTL' USING CT-RECORD.                               GLP010
009000     CLOSE PARM-FILE OLD-INVOICE NEW-INVOICE PAYMENT-FILE         GLP010
009100           JOURNAL-FILE REPORT-FILE.                              GLP010
009200     STOP RUN.                                                    GLP010
009300*                                                                 GLP010
009400 2000-INVOICE.                                                    GLP010
009500     READ OLD-INVOICE AT END                                      GLP010
009600         MOVE 'Y' TO WS-EOF-SW                                    GLP010
009700         GO TO 2000-EXIT.                                         GLP010
009800     MOVE OI-RECORD TO NI-RECORD.                                 GLP010
009900     IF NOT OI-IS-OPEN OR OI-DUE-DATE > PM-RUN-DATE               GLP010
010000         GO TO 2900-WRITE.                                        GLP010
010100     MOVE OI-VENDOR TO D-VENDOR.                                  GLP010
010200     MOVE OI-VENDOR-NAME TO D-NAME.                               GLP010
010300     MOVE OI-INVOICE TO D-INVOICE.                                GLP010
010400     MOVE OI-AMOUNT TO D-AMOUNT.                                  GLP010
010500     MOVE ZERO TO D-PAY-NO.                                       GLP010
010600     IF OI-AMOUNT > WS-LIMIT                                      GLP010
010700         MOVE 'H' TO NI-STATUS                                    GLP010
010800         MOVE 'HELD' TO D-NOTE                                    GLP010
010900         WRITE RP-LINE FROM WS-DETAIL                             GLP010
011000         GO TO 2900-WRITE.                                        GLP010
011100     ADD 1 TO WS-PAY-SEQ.                                         GLP010
011200     MOVE 'P' TO NI-STATUS.                                       GLP010
011300     MOVE WS-PAY-NO TO NI-PAYMENT-NO D-PAY-NO.                    GLP010
011400     MOVE 'PAID' TO D-NOTE.                                       GLP010
011500     WRITE RP-LINE FROM WS-DETAIL.                                GLP010
011600     PERFORM 3000-PAYMENT THRU 3000-EXIT.                         GLP010
011700     PERFORM 4000-JOURNALS THRU 4000-EXIT.                        GLP010
011800 2900-WRITE.                                                      GLP010
011900     WRITE NI-RECORD.                                             GLP010
012000 2000-EXIT.                                                       GLP010
012100     EXIT.                                                        GLP010
012200 3000-PAYMENT.                                                    GLP010
012300     INITIALIZE PY-RECORD.                                        GLP010
012400     MOVE WS-PAY-NO TO PY-PAYMENT-NO.                             GLP010
012500     MOVE OI-VENDOR TO PY-VENDOR.                                 GLP010
012600     MOVE OI-INVOICE TO PY-INVOICE.                               GLP010
012700     MOVE OI-BRANCH TO PY-BRANCH.                                 GLP010
012800     MOVE OI-AMOUNT TO PY-AMOUNT.                                 GLP010
012900     MOVE PM-RUN-DATE TO PY-PAY-DATE.                             GLP010
013000     MOVE 'S' TO PY-STATUS.                                       GLP010
013100     MOVE OI-VENDOR-NAME TO PY-VENDOR-NAME.                       GLP010
013200     MOVE OI-ROUTING TO PY-ROUTING.                               GLP010
013300     MOVE OI-BANK-ACCT TO PY-BANK-ACCT.                           GLP010
013400     WRITE PY-RECORD.                                             GLP010
013500 3000-EXIT.                                                       GLP010
013600     EXIT.                                                        GLP010
013700 4000-JOURNALS.                                                   GLP010
013800     MOVE OI-BRANCH TO JR-BRANCH.                                 GLP010
013900     MOVE PM-RUN-DATE TO JR-EFF-DATE.                             GLP010
014000     MOVE 'APS' TO JR-SOURCE.                                     GLP010
014100     MOVE 70001 TO JR-BATCH-NO.                                   GLP010
014200     MOVE OI-AMOUNT TO JR-AMOUNT.                                 GLP010
014300     MOVE OI-VENDOR-NAME TO JR-DESCR.                             GLP010
014400     MOVE OI-INVOICE TO JR-REF.                                   GLP010
014500     MOVE 'N' TO JR-STATUS.                                       GLP010
014600     MOVE SPACES TO JR-ERR-CODE.                                  GLP010
014700     MOVE OI-EXP-ACCOUNT TO JR-ACCOUNT.                           GLP010
014800     MOVE 'D' TO JR-DRCR.                                         GLP010
014900     PERFORM 4500-WRITE THRU 4500-EXIT.                           GLP010
015000     MOVE AN-DUE-FROM TO JR-ACCOUNT.                              GLP010
015100     MOVE 'C' TO JR-DRCR.                                         GLP010
015200     PERFORM 4500-WRITE THRU 4500-EXIT.                           GLP010
015300     ADD OI-AMOUNT TO CT-DEBIT CT-CREDIT.                         GLP010
015400 4000-EXIT.                                                       GLP010
015500     EXIT.                                                        GLP010
015600 4500-WRITE.                                                      GLP010
015700     ADD 1 TO WS-SEQ CT-COUNT.                                    GLP010
015800     MOVE WS-SEQ TO JR-SEQ-NO.                                    GLP010
015900     ADD JR-ACCOUNT TO CT-HASH.                                   GLP010
016000     WRITE JR-RECORD.                                             GLP010
016100 4500-EXIT.                                                       GLP010
016200     EXIT.                                                        GLP010
