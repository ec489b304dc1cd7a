000100 IDENTIFICATION DIVISION.                                         GLP020
000200 PROGRAM-ID.    GLP020.                                           GLP020
000300 AUTHOR.        R T CULLEN.                                       GLP020
000400 DATE-WRITTEN.  NOVEMBER 1998.                                    GLP020
000500***************************************************************** GLP020
000600* CLEARING FILE FOR MIDSTATE TRUST FROM THE SELECTED PAYMENTS.  * GLP020
000700* REPLACED THE CHECKS (GLP015, GONE). LAYOUT SEE COPY GLACHR.   * GLP020
000800* PAYMENTS ARE MARKED SENT HERE, THE FTP STEP IS AFTER THAT.    * GLP020
000900***************************************************************** GLP020
001000 ENVIRONMENT DIVISION.                                            GLP020
001100 INPUT-OUTPUT SECTION.                                            GLP020
001200 FILE-CONTROL.                                                    GLP020
001300     SELECT PARM-FILE    ASSIGN TO PARMCARD.                      GLP020
001400     SELECT OLD-PAYMENT  ASSIGN TO PAYIN.                         GLP020
001500     SELECT NEW-PAYMENT  ASSIGN TO PAYOUT.                        GLP020
001600     SELECT CLEARING-FILE ASSIGN TO ACHOUT.                       GLP020
001700 DATA DIVISION.                                                   GLP020
001800 FILE SECTION.                                                    GLP020
001900 FD  PARM-FILE.                                                   GLP020
002000     COPY GLPARM.                                                 GLP020
002100 FD  OLD-PAYMENT.                                                 GLP020
002200     COPY GLPAYM REPLACING ==:TAG:== BY ==OP==.                   GLP020
002300 FD  NEW-PAYMENT.                                                 GLP020
002400     COPY GLPAYM REPLACING ==:TAG:== BY ==NP==.                   GLP020
002500 FD  CLEARING-FILE.                                               GLP020
002600     COPY GLACHR.                                                 GLP020
002700 WORKING-STORAGE SECTION.                                         GLP020
002800     COPY GLCTLR.                                                 GLP020
002900 01  WS-WORK.                                                     GLP020
003000     05  WS-EOF-SW                   PIC X(01) VALUE 'N'.         GLP020
003100         88  WS-EOF                        VALUE 'Y'.             GLP020
003200     05  WS-COUNT                    PIC 9(06) VALUE ZERO.        GLP020
003300     05  WS-HASH                     PIC 9(10) VALUE ZERO.        GLP020
003400     05  WS-TOTAL                    PIC 9(10)V99 VALUE ZERO.     GLP020
003500     05  WS-OUR-BANK                 PIC X(10)                    GLP020
003600                                     VALUE ' 084207731'.          GLP020
003700     05  WS-THEIR-BANK               PIC X(10)                    GLP020
003800                                     VALUE ' 081002217'.          GLP020
003900     05  WS-TRACE                    PIC 9(15).                   GLP020
004000     05  WS-TRACE-R REDEFINES WS-TRACE.                           GLP020
004100         10  WS-TRACE-BANK           PIC 9(08).                   GLP020
004200         10  WS-TRACE-SEQ            PIC 9(07).                   GLP020
004300 PROCEDURE DIVISION.                                              GLP020
004400 0000-MAIN.                                                       GLP020
004500     OPEN INPUT PARM-FILE OLD-PAYMENT.                            GLP020
004600     OPEN OUTPUT NEW-PAYMENT CLEARING-FILE.                       GLP020
004700     READ PARM-FILE AT END                                        GLP020
004800         CALL 'GLSABND' USING 'GLP020  '                          GLP020
004900             'NO PARAMETER CARD                       '.          GLP020
005000     MOVE 08420773 TO WS-TRACE-BANK.                              GLP020
005100     MOVE ZERO TO WS-TRACE-SEQ.                                   GLP020
005200     PERFORM 1000-HEADERS THRU 1000-EXIT.                         GLP020
005300     PERFORM 2000-ENTRY THRU 2000-EXIT UNTIL WS-EOF.              GLP020
005400     PERFORM 3000-TRAILERS THRU 3000-EXIT.                        GLP020
005500     MOVE PM-RUN-DATE TO CT-RUN-DATE.                             GLP020
005600     MOVE 'GLP020' TO CT-PROGRAM.                                 GLP020
005700     MOVE 'CLEARING' TO CT-LABEL.                                 GLP020
005800     MOVE WS-COUNT TO CT-COUNT.                                   GLP020
005900     MOVE ZERO TO CT-DEBIT.                                       GLP020
006000     MOVE WS-TOTAL TO CT-CREDIT.                                  GLP020
006100     MOVE WS-HASH TO CT-HASH.                                     GLP020
006200     CALL 'GLSCTL' USING CT-RECORD.                               GLP020
006300     CLOSE PARM-FILE OLD-PAYMENT NEW-PAYMENT CLEARING-FILE.       GLP020
006400     STOP RUN.                                                    GLP020
006500 1000-HEADERS.                                                    GLP020
006600     MOVE SPACES TO ACH-RECORD.                                   GLP020
006700     MOVE '1' TO ACH-TYPE.                                        GLP020
006800     MOVE WS-THEIR-BANK TO ACH-1-DEST.                            GLP020
006900     MOVE WS-OUR-BANK TO ACH-1-ORIGIN.                            GLP020
007000     MOVE PM-RUN-DATE TO ACH-1-DATE.                              GLP020
007100     MOVE PM-COMPANY TO ACH-1-NAME.                               GLP020
007200     WRITE ACH-RECORD.                                            GLP020
007300     MOVE SPACES TO ACH-RECORD.                                   GLP020
007400     MOVE '5' TO ACH-TYPE.                                        GLP020
007500     MOVE 'CCD' TO ACH-5-CLASS.                                   GLP020
007600     MOVE PM-COMPANY TO ACH-5-COMPANY.                            GLP020
007700     MOVE PM-RUN-DATE TO ACH-5-DATE.                              GLP020
007800     MOVE 1 TO ACH-5-BATCH.                                       GLP020
007900     WRITE ACH-RECORD.                                            GLP020
008000 1000-EXIT.                                                       GLP020
008100     EXIT.                                                        GLP020
008200 2000-ENTRY.                                                      GLP020
008300     READ OLD-PAYMENT AT END                                      GLP020
008400         MOVE 'Y' TO WS-EOF-SW                                    GLP020
008500         GO TO 2000-EXIT.                                         GLP020
008600     MOVE OP-RECORD TO NP-RECORD.                                 GLP020
008700     IF NOT OP-SELECTED                                           GLP020
008800         GO TO 2900-WRITE.                                        GLP020
008900     ADD 1 TO WS-TRACE-SEQ WS-COUNT.                              GLP020
009000     ADD OP-ROUTING TO WS-HASH.                                   GLP020
009100     ADD OP-AMOUNT TO WS-TOTAL.                                   GLP020
009200     MOVE SPACES TO ACH-RECORD.                                   GLP020
009300     MOVE '6' TO ACH-TYPE.                                        GLP020
009400     MOVE 22 TO ACH-6-TRAN.                                       GLP020
009500     MOVE OP-ROUTING TO ACH-6-ROUTING.                            GLP020
009600     MOVE OP-BANK-ACCT TO ACH-6-BANK-ACCT.                        GLP020
009700     MOVE OP-AMOUNT TO ACH-6-AMOUNT.                              GLP020
009800     MOVE OP-PAYMENT-NO TO ACH-6-ID.                              GLP020
009900     MOVE OP-VENDOR-NAME TO ACH-6-NAME.                           GLP020
010000     MOVE WS-TRACE TO ACH-6-TRACE NP-TRACE.                       GLP020
010100     WRITE ACH-RECORD.                                            GLP020
010200     MOVE 'T' TO NP-STATUS.                                       GLP020
010300 2900-WRITE.                                                      GLP020
010400     WRITE NP-RECORD.                                             GLP020
010500 2000-EXIT.                                                       GLP020
010600     EXIT.                                                        GLP020
010700 3000-TRAILERS.                                                   GLP020
010800     MOVE SPACES TO ACH-RECORD.                                   GLP020
010900     MOVE '8' TO ACH-TYPE.                                        GLP020
011000     MOVE WS-COUNT TO ACH-8-COUNT.                                GLP020
011100     MOVE WS-HASH TO ACH-8-HASH.                                  GLP020
011200     MOVE WS-TOTAL TO ACH-8-CREDIT.                               GLP020
011300     WRITE ACH-RECORD.                                            GLP020
011400     MOVE SPACES TO ACH-RECORD.                                   GLP020
011500     MOVE '9' TO ACH-TYPE.                                        GLP020
011600     MOVE 1 TO ACH-9-BATCHES.                                     GLP020
011700     MOVE WS-COUNT TO ACH-9-COUNT.                                GLP020
011800     MOVE WS-HASH TO ACH-9-HASH.                                  GLP020
011900     MOVE WS-TOTAL TO ACH-9-CREDIT.                               GLP020
012000     WRITE ACH-RECORD.                                            GLP020
012100 3000-EXIT.                                                       GLP020
012200     EXIT.                                                        GLP020
