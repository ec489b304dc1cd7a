000100 IDENTIFICATION DIVISION.                                         GLR030
000200 PROGRAM-ID.    GLR030.                                           GLR030
000300 AUTHOR.        R T CULLEN.                                       GLR030
000400 DATE-WRITTEN.  MARCH 1995.                                       GLR030
000500***************************************************************** GLR030
000600* CALL REPORT FOR THE STATE BANKING COMMISSION.                 * GLR030
000700* BALANCES OF THE LEDGER BY THE LINE THAT THE CHART NAMES, PLUS * GLR030
000800* INTEREST NOT YET CREDITED (ACCRUAL MASTER) AND PAYMENTS ON    * GLR030
000900* THEIR WAY (PAYABLES), EACH FROM ITS OWN FILE.                 * GLR030
001000* THE FILE GOES OUT BY FTP IN JOB GLCALLRP, LAYOUT SBC-80.      * GLR030
001100***************************************************************** GLR030
001200 ENVIRONMENT DIVISION.                                            GLR030
001300 INPUT-OUTPUT SECTION.                                            GLR030
001400 FILE-CONTROL.                                                    GLR030
001500     SELECT PARM-FILE    ASSIGN TO PARMCARD.                      GLR030
001600     SELECT MASTER-FILE  ASSIGN TO GLMSTI.                        GLR030
001700     SELECT COA-FILE     ASSIGN TO COAIN.                         GLR030
001800     SELECT ACCRUAL-FILE ASSIGN TO ACMSTI.                        GLR030
001900     SELECT PAYMENT-FILE ASSIGN TO PAYIN.                         GLR030
002000     SELECT REPORT-FILE  ASSIGN TO CALLRPT.                       GLR030
002100     SELECT REGULATOR-FILE ASSIGN TO REGOUT.                      GLR030
002200 DATA DIVISION.                                                   GLR030
002300 FILE SECTION.                                                    GLR030
002400 FD  PARM-FILE.                                                   GLR030
002500     COPY GLPARM.                                                 GLR030
002600 FD  MASTER-FILE.                                                 GLR030
002700     COPY GLMAST REPLACING ==:TAG:== BY ==GM==.                   GLR030
002800 FD  COA-FILE.                                                    GLR030
002900     COPY GLCOA  REPLACING ==:TAG:== BY ==CA==.                   GLR030
003000 FD  ACCRUAL-FILE.                                                GLR030
003100     COPY GLACRU REPLACING ==:TAG:== BY ==AC==.                   GLR030
003200 FD  PAYMENT-FILE.                                                GLR030
003300     COPY GLPAYM REPLACING ==:TAG:== BY ==PY==.                   GLR030
003400 FD  REPORT-FILE.                                                 GLR030
003500 01  RP-LINE                         PIC X(133).                  GLR030
003600 FD  REGULATOR-FILE.                                              GLR030
003700 01  RG-RECORD.                                                   GLR030
003800     05  RG-BANK                     PIC 9(06).                   GLR030
003900     05  RG-PERIOD                   PIC 9(04).                   GLR030
004000     05  RG-LINE                     PIC 9(04).                   GLR030
004100     05  RG-SIGN                     PIC X(01).                   GLR030
004200     05  RG-AMOUNT                   PIC 9(13).                   GLR030
004300     05  FILLER                      PIC X(52).                   GLR030
004400 WORKING-STORAGE SECTION.                                         GLR030
004500     COPY GLHEAD REPLACING ==REPORT-TITLE== BY                    GLR030
004600         =='CALL REPORT, WHOLE DOLLARS'==                         GLR030
004700         ==REPORT-ID== BY =='GLR030-1'==.                         GLR030
004800 01  WS-COA-TABLE.                                                GLR030
004900     05  WS-COA-MAX                  PIC 9(04) COMP VALUE ZERO.   GLR030
005000     05  WS-COA OCCURS 500 INDEXED BY WS-CX.                      GLR030
005100         10  WS-COA-ACCOUNT          PIC 9(08).                   GLR030
005200         10  WS-COA-LINE             PIC 9(04).                   GLR030
005300 01  WS-LINE-TABLE.                                               GLR030
005400     05  WS-LINE-MAX                 PIC 9(03) COMP VALUE ZERO.   GLR030
005500     05  WS-LINE OCCURS 100 INDEXED BY WS-LX.                     GLR030
005600         10  WS-LINE-NO              PIC 9(04).                   GLR030
005700         10  WS-LINE-AMOUNT          PIC S9(11)V99 COMP-3.        GLR030
005800 01  WS-WORK.                                                     GLR030
005900     05  WS-NO                       PIC 9(04).                   GLR030
006000     05  WS-AMOUNT                   PIC S9(11)V99 COMP-3.        GLR030
006100     05  WS-DOLLARS                  PIC S9(13).                  GLR030
006200 01  WS-DETAIL.                                                   GLR030
006300     05  FILLER                      PIC X(01) VALUE ' '.         GLR030
006400     05  D-LINE                      PIC 9(04).                   GLR030
006500     05  FILLER                      PIC X(02) VALUE SPACES.      GLR030
006600     05  D-AMOUNT                    PIC Z,ZZZ,ZZZ,ZZZ,ZZ9-.      GLR030
006700     05  FILLER                      PIC X(108) VALUE SPACES.     GLR030
006800 PROCEDURE DIVISION.                                              GLR030
006900 0000-MAIN.                                                       GLR030
007000     OPEN INPUT PARM-FILE MASTER-FILE COA-FILE ACCRUAL-FILE       GLR030
007100          PAYMENT-FILE.                                           GLR030
007200     OPEN OUTPUT REPORT-FILE REGULATOR-FILE.                      GLR030
007300     READ PARM-FILE AT END                                        GLR030
007400         CALL 'GLSABND' USING 'GLR030  '                          GLR030
007500             'NO PARAMETER CARD                       '.          GLR030
007600     MOVE PM-COMPANY TO HD-COMPANY.                               GLR030
007700     MOVE PM-RUN-DATE TO HD-DATE.                                 GLR030
007800     MOVE 1 TO HD-PAGE.                                           GLR030
007900     WRITE RP-LINE FROM HD-LINE-1.                                GLR030
008000     WRITE RP-LINE FROM HD-LINE-2.                                GLR030
008100 1000-CHART.                                                      GLR030
008200     READ COA-FILE AT END GO TO 2000-LEDGER.                      GLR030
008300     ADD 1 TO WS-COA-MAX.                                         GLR030
008400     MOVE CA-ACCOUNT TO WS-COA-ACCOUNT (WS-COA-MAX).              GLR030
008500     MOVE CA-CALL-LINE TO WS-COA-LINE (WS-COA-MAX).               GLR030
008600     MOVE CA-CALL-LINE TO WS-NO.                                  GLR030
008700     MOVE ZERO TO WS-AMOUNT.                                      GLR030
008800     PERFORM 5000-ADD THRU 5000-EXIT.                             GLR030
008900     GO TO 1000-CHART.                                            GLR030
009000 2000-LEDGER.                                                     GLR030
009100     READ MASTER-FILE AT END GO TO 3000-ACCRUALS.                 GLR030
009200     MOVE 9999 TO WS-NO.                                          GLR030
009300     SET WS-CX TO 1.                                              GLR030
009400     SEARCH WS-COA                                                GLR030
009500         AT END                                                   GLR030
009600             NEXT SENTENCE                                        GLR030
009700         WHEN WS-COA-ACCOUNT (WS-CX) = GM-ACCOUNT                 GLR030
009800             MOVE WS-COA-LINE (WS-CX) TO WS-NO.                   GLR030
009900     MOVE GM-CURR-BAL TO WS-AMOUNT.                               GLR030
010000     PERFORM 5000-ADD THRU 5000-EXIT.                             GLR030
010100     GO TO 2000-LEDGER.                                           GLR030
010200*    MEMORANDUM LINES 8010 AND 8020 ARE NOT PART OF THE BALANCE   GLR030
010300 3000-ACCRUALS.                                                   GLR030
010400     READ ACCRUAL-FILE AT END GO TO 4000-PAYMENTS.                GLR030
010500     MOVE 8010 TO WS-NO.                                          GLR030
010600     MOVE AC-ACCRUED TO WS-AMOUNT.                                GLR030
010700     PERFORM 5000-ADD THRU 5000-EXIT.                             GLR030
010800     GO TO 3000-ACCRUALS.                                         GLR030
010900 4000-PAYMENTS.                                                   GLR030
011000     READ PAYMENT-FILE AT END GO TO 6000-PRINT.                   GLR030
011100     IF PY-SELECTED OR PY-SENT                                    GLR030
011200         MOVE 8020 TO WS-NO                                       GLR030
011300         MOVE PY-AMOUNT TO WS-AMOUNT                              GLR030
011400         PERFORM 5000-ADD THRU 5000-EXIT.                         GLR030
011500     GO TO 4000-PAYMENTS.                                         GLR030
011600 5000-ADD.                                                        GLR030
011700     SET WS-LX TO 1.                                              GLR030
011800     SEARCH WS-LINE                                               GLR030
011900         AT END                                                   GLR030
012000             CALL 'GLSABND' USING 'GLR030  '                      GLR030
012100                 'MORE THAN 100 LINES                     '       GLR030
012200         WHEN WS-LX > WS-LINE-MAX                                 GLR030
012300             ADD 1 TO WS-LINE-MAX                                 GLR030
012400             MOVE WS-NO TO WS-LINE-NO (WS-LX)                     GLR030
012500             MOVE WS-AMOUNT TO WS-LINE-AMOUNT (WS-LX)             GLR030
012600         WHEN WS-LINE-NO (WS-LX) = WS-NO                          GLR030
012700             ADD WS-AMOUNT TO WS-LINE-AMOUNT (WS-LX).             GLR030
012800 5000-EXIT.                                                       GLR030
012900     EXIT.                                                        GLR030
013000 6000-PRINT.                                                      GLR030
013100     PERFORM 7000-LINE THRU 7000-EXIT                             GLR030
013200         VARYING WS-LX FROM 1 BY 1 UNTIL WS-LX > WS-LINE-MAX.     GLR030
013300     CLOSE PARM-FILE MASTER-FILE COA-FILE ACCRUAL-FILE            GLR030
013400           PAYMENT-FILE REPORT-FILE REGULATOR-FILE.               GLR030
013500     STOP RUN.                                                    GLR030
013600 7000-LINE.                                                       GLR030
013700     COMPUTE WS-DOLLARS ROUNDED = WS-LINE-AMOUNT (WS-LX).         GLR030
013800     MOVE WS-LINE-NO (WS-LX) TO D-LINE.                           GLR030
013900     MOVE WS-DOLLARS TO D-AMOUNT.                                 GLR030
014000     WRITE RP-LINE FROM WS-DETAIL.                                GLR030
014100     MOVE SPACES TO RG-RECORD.                                    GLR030
014200     MOVE 318842 TO RG-BANK.                                      GLR030
014300     MOVE PM-PERIOD TO RG-PERIOD.                                 GLR030
014400     MOVE WS-LINE-NO (WS-LX) TO RG-LINE.                          GLR030
014500     MOVE '+' TO RG-SIGN.                                         GLR030
014600     IF WS-DOLLARS < ZERO                                         GLR030
014700         MOVE '-' TO RG-SIGN.                                     GLR030
014800     MOVE WS-DOLLARS TO RG-AMOUNT.                                GLR030
014900     WRITE RG-RECORD.                                             GLR030
015000 7000-EXIT.                                                       GLR030
015100     EXIT.                                                        GLR030
