000100 IDENTIFICATION DIVISION.                                         GLA020
000200 PROGRAM-ID.    GLA020.                                           GLA020
000300 AUTHOR.        R T CULLEN.                                       GLA020
000400 DATE-WRITTEN.  OCTOBER 1992.                                     GLA020
000500***************************************************************** GLA020
000600* MONTH END: ACCRUED INTEREST IS CREDITED TO THE CUSTOMER.      * GLA020
000700* POSTING IS OVER WHEN THIS RUNS, SO IT WRITES THE GENERAL      * GLA020
000800* LEDGER MASTER ITSELF (GL-0561, WAS TO BE FOR ONE MONTH ONLY). * GLA020
000900* NO JOURNALS, HISTORY KNOWS NOTHING OF IT.                     * GLA020
001000***************************************************************** GLA020
001100 ENVIRONMENT DIVISION.                                            GLA020
001200 INPUT-OUTPUT SECTION.                                            GLA020
001300 FILE-CONTROL.                                                    GLA020
001400     SELECT PARM-FILE    ASSIGN TO PARMCARD.                      GLA020
001500     SELECT OLD-ACCRUAL  ASSIGN TO ACMSTI.                        GLA020
001600     SELECT NEW-ACCRUAL  ASSIGN TO ACMSTO.                        GLA020
001700     SELECT OLD-MASTER   ASSIGN TO GLMSTI.                        GLA020
001800     SELECT NEW-MASTER   ASSIGN TO GLMSTO.                        GLA020
001900     SELECT CREDIT-FILE  ASSIGN TO DPSCRED.                       GLA020
002000 DATA DIVISION.                                                   GLA020
002100 FILE SECTION.                                                    GLA020
002200 FD  PARM-FILE.                                                   GLA020
002300     COPY GLPARM.                                                 GLA020
002400 FD  OLD-ACCRUAL.                                                 GLA020
002500     COPY GLACRU REPLACING ==:TAG:== BY ==OA==.                   GLA020
002600 FD  NEW-ACCRUAL.                                                 GLA020
002700     COPY GLACRU REPLACING ==:TAG:== BY ==NA==.                   GLA020
002800 FD  OLD-MASTER.                                                  GLA020
002900     COPY GLMAST REPLACING ==:TAG:== BY ==OM==.                   GLA020
003000 FD  NEW-MASTER.                                                  GLA020
003100     COPY GLMAST REPLACING ==:TAG:== BY ==NM==.                   GLA020
003200*    BACK TO THE DEPOSIT SYSTEM                                   GLA020
003300 FD  CREDIT-FILE.                                                 GLA020
003400 01  CR-RECORD.                                                   GLA020
003500     05  CR-BRANCH                   PIC 9(03).                   GLA020
003600     05  CR-ACCT-NO                  PIC 9(10).                   GLA020
003700     05  CR-AMOUNT                   PIC 9(09)V99.                GLA020
003800     05  CR-DATE                     PIC 9(06).                   GLA020
003900     05  FILLER                      PIC X(50).                   GLA020
004000 WORKING-STORAGE SECTION.                                         GLA020
004100     COPY GLACCT.                                                 GLA020
004200     COPY GLCTLR.                                                 GLA020
004300 01  WS-EOF-SW                       PIC X(01) VALUE 'N'.         GLA020
004400     88  WS-EOF                            VALUE 'Y'.             GLA020
004500 01  WS-PAID                         PIC S9(09)V99 COMP-3.        GLA020
004600 01  WS-BRANCHES.                                                 GLA020
004700     05  WS-BR OCCURS 999.                                        GLA020
004800         10  WS-BR-SAVINGS           PIC S9(09)V99 COMP-3.        GLA020
004900         10  WS-BR-DEMAND            PIC S9(09)V99 COMP-3.        GLA020
005000 PROCEDURE DIVISION.                                              GLA020
005100 0000-MAIN.                                                       GLA020
005200     INITIALIZE WS-BRANCHES.                                      GLA020
005300     OPEN INPUT PARM-FILE OLD-ACCRUAL OLD-MASTER.                 GLA020
005400     OPEN OUTPUT NEW-ACCRUAL NEW-MASTER CREDIT-FILE.              GLA020
005500     READ PARM-FILE AT END                                        GLA020
005600         CALL 'GLSABND' USING 'GLA020  '                          GLA020
005700             'NO PARAMETER CARD                       '.          GLA020
005800     MOVE ZERO TO CT-COUNT CT-DEBIT CT-CREDIT CT-HASH.            GLA020
005900     PERFORM 1000-CREDIT THRU 1000-EXIT UNTIL WS-EOF.             GLA020
006000     MOVE 'N' TO WS-EOF-SW.                                       GLA020
006100     PERFORM 2000-LEDGER THRU 2000-EXIT UNTIL WS-EOF.             GLA020
006200     MOVE PM-RUN-DATE TO CT-RUN-DATE.                             GLA020
006300     MOVE 'GLA020' TO CT-PROGRAM.                                 GLA020
006400     MOVE 'CREDITED' TO CT-LABEL.                                 GLA020
006500     CALL 'GLSCTL' USING CT-RECORD.                               GLA020
006600     IF CT-DEBIT NOT = CT-CREDIT                                  GLA020
006700         DISPLAY 'GLA020  LEDGER RECORD MISSING FOR A BRANCH'     GLA020
006800         MOVE 8 TO RETURN-CODE.                                   GLA020
006900     CLOSE PARM-FILE OLD-ACCRUAL NEW-ACCRUAL OLD-MASTER           GLA020
007000           NEW-MASTER CREDIT-FILE.                                GLA020
007100     STOP RUN.                                                    GLA020
007200*                                                                 GLA020
007300 1000-CREDIT.                                                     GLA020
007400     READ OLD-ACCRUAL AT END                                      GLA020
007500         MOVE 'Y' TO WS-EOF-SW                                    GLA020
007600         GO TO 1000-EXIT.                                         GLA020
007700     MOVE OA-RECORD TO NA-RECORD.                                 GLA020
007800     MOVE OA-ACCRUED TO WS-PAID.                                  GLA020
007900     IF WS-PAID NOT > ZERO OR OA-GONE                             GLA020
008000         GO TO 1900-WRITE.                                        GLA020
008100     SUBTRACT WS-PAID FROM NA-ACCRUED.                            GLA020
008200     ADD WS-PAID TO NA-YTD-PAID.                                  GLA020
008300     IF OA-DEMAND                                                 GLA020
008400         ADD WS-PAID TO WS-BR-DEMAND (OA-BRANCH)                  GLA020
008500     ELSE                                                         GLA020
008600         ADD WS-PAID TO WS-BR-SAVINGS (OA-BRANCH).                GLA020
008700     MOVE SPACES TO CR-RECORD.                                    GLA020
008800     MOVE OA-BRANCH TO CR-BRANCH.                                 GLA020
008900     MOVE OA-ACCT-NO TO CR-ACCT-NO.                               GLA020
009000     MOVE WS-PAID TO CR-AMOUNT.                                   GLA020
009100     MOVE PM-RUN-DATE TO CR-DATE.                                 GLA020
009200     WRITE CR-RECORD.                                             GLA020
009300 1900-WRITE.                                                      GLA020
009400     WRITE NA-RECORD.                                             GLA020
009500 1000-EXIT.                                                       GLA020
009600     EXIT.                                                        GLA020
009700*                                                                 GLA020
009800 2000-LEDGER.                                                     GLA020
009900     READ OLD-MASTER AT END                                       GLA020
010000         MOVE 'Y' TO WS-EOF-SW                                    GLA020
010100         GO TO 2000-EXIT.                                         GLA020
010200     MOVE OM-RECORD TO NM-RECORD.                                 GLA020
010300     MOVE ZERO TO WS-PAID.                                        GLA020
010400     IF OM-ACCOUNT = AN-INT-PAYABLE                               GLA020
010500         COMPUTE WS-PAID = WS-BR-SAVINGS (OM-BRANCH)              GLA020
010600                         + WS-BR-DEMAND (OM-BRANCH)               GLA020
010700         ADD WS-PAID TO NM-PERIOD-DR NM-YTD-DR NM-CURR-BAL        GLA020
010800         ADD WS-PAID TO CT-DEBIT                                  GLA020
010900     ELSE                                                         GLA020
011000     IF OM-ACCOUNT = AN-SAVINGS                                   GLA020
011100         MOVE WS-BR-SAVINGS (OM-BRANCH) TO WS-PAID                GLA020
011200         PERFORM 2500-LIABILITY THRU 2500-EXIT                    GLA020
011300     ELSE                                                         GLA020
011400     IF OM-ACCOUNT = AN-DEMAND                                    GLA020
011500         MOVE WS-BR-DEMAND (OM-BRANCH) TO WS-PAID                 GLA020
011600         PERFORM 2500-LIABILITY THRU 2500-EXIT.                   GLA020
011700     IF WS-PAID NOT = ZERO                                        GLA020
011800         MOVE PM-RUN-DATE TO NM-LAST-POST                         GLA020
011900         ADD 1 TO CT-COUNT.                                       GLA020
012000     WRITE NM-RECORD.                                             GLA020
012100 2000-EXIT.                                                       GLA020
012200     EXIT.                                                        GLA020
012300 2500-LIABILITY.                                                  GLA020
012400     ADD WS-PAID TO NM-PERIOD-CR NM-YTD-CR CT-CREDIT.             GLA020
012500     SUBTRACT WS-PAID FROM NM-CURR-BAL.                           GLA020
012600 2500-EXIT.                                                       GLA020
012700     EXIT.                                                        GLA020
