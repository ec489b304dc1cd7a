000100 IDENTIFICATION DIVISION.                                         GLR010
000200 PROGRAM-ID.    GLR010.                                           GLR010
000300 AUTHOR.        H WESTERGAARD.                                    GLR010
000400 DATE-WRITTEN.  JUNE 1986.                                        GLR010
000500***************************************************************** GLR010
000600* TRIAL BALANCE BY BRANCH. NAMES COME FROM THE CHART.           * GLR010
000700* RETURN CODE 4 WHEN THE LEDGER DOES NOT PROVE.                 * GLR010
000800***************************************************************** GLR010
000900 ENVIRONMENT DIVISION.                                            GLR010
001000 INPUT-OUTPUT SECTION.                                            GLR010
001100 FILE-CONTROL.                                                    GLR010
001200     SELECT PARM-FILE    ASSIGN TO PARMCARD.                      GLR010
001300     SELECT COA-FILE     ASSIGN TO COAIN.                         GLR010
001400     SELECT MASTER-FILE  ASSIGN TO GLMSTI.                        GLR010
001500     SELECT REPORT-FILE  ASSIGN TO TRIALBAL.                      GLR010
001600 DATA DIVISION.                                                   GLR010
001700 FILE SECTION.                                                    GLR010
001800 FD  PARM-FILE.                                                   GLR010
001900     COPY GLPARM.                                                 GLR010
002000 FD  COA-FILE.                                                    GLR010
002100     COPY GLCOA  REPLACING ==:TAG:== BY ==CA==.                   GLR010
002200 FD  MASTER-FILE.                                                 GLR010
002300     COPY GLMAST REPLACING ==:TAG:== BY ==GM==.                   GLR010
002400 FD  REPORT-FILE.                                                 GLR010
002500 01  RP-LINE                         PIC X(133).                  GLR010
002600 WORKING-STORAGE SECTION.                                         GLR010
002700     COPY GLHEAD REPLACING ==REPORT-TITLE== BY                    GLR010
002800         =='TRIAL BALANCE'==                                      GLR010
002900         ==REPORT-ID== BY =='GLR010-1'==.                         GLR010
003000 01  WS-SWITCHES.                                                 GLR010
003100     05  WS-EOF-SW                   PIC X(01) VALUE 'N'.         GLR010
003200         88  WS-EOF                        VALUE 'Y'.             GLR010
003300     05  WS-COA-EOF-SW               PIC X(01) VALUE 'N'.         GLR010
003400         88  WS-COA-EOF                    VALUE 'Y'.             GLR010
003500 01  WS-WORK.                                                     GLR010
003600     05  WS-BRANCH                   PIC 9(03) VALUE ZERO.        GLR010
003700     05  WS-PAGE                     PIC 9(03) VALUE ZERO.        GLR010
003800     05  WS-LINES                    PIC 9(02) VALUE 99.          GLR010
003900     05  WS-BR-DR                    PIC S9(11)V99 COMP-3 VALUE 0.GLR010
004000     05  WS-BR-CR                    PIC S9(11)V99 COMP-3 VALUE 0.GLR010
004100     05  WS-ALL-DR                   PIC S9(11)V99 COMP-3 VALUE 0.GLR010
004200     05  WS-ALL-CR                   PIC S9(11)V99 COMP-3 VALUE 0.GLR010
004300 01  WS-COA-TABLE.                                                GLR010
004400     05  WS-COA-MAX                  PIC 9(04) COMP VALUE ZERO.   GLR010
004500     05  WS-COA OCCURS 500 INDEXED BY WS-CX.                      GLR010
004600         10  WS-COA-ACCOUNT          PIC 9(08).                   GLR010
004700         10  WS-COA-NAME             PIC X(30).                   GLR010
004800 01  WS-DETAIL.                                                   GLR010
004900     05  FILLER                      PIC X(01) VALUE ' '.         GLR010
005000     05  D-BRANCH                    PIC 9(03).                   GLR010
005100     05  FILLER                      PIC X(02) VALUE SPACES.      GLR010
005200     05  D-ACCOUNT                   PIC 9(08).                   GLR010
005300     05  FILLER                      PIC X(02) VALUE SPACES.      GLR010
005400     05  D-NAME                      PIC X(30).                   GLR010
005500     05  FILLER                      PIC X(02) VALUE SPACES.      GLR010
005600     05  D-DEBIT                     PIC Z,ZZZ,ZZZ,ZZ9.99-.       GLR010
005700     05  FILLER                      PIC X(02) VALUE SPACES.      GLR010
005800     05  D-CREDIT                    PIC Z,ZZZ,ZZZ,ZZ9.99-.       GLR010
005900     05  FILLER                      PIC X(02) VALUE SPACES.      GLR010
006000     05  D-POSTED                    PIC 99/99/99.                GLR010
006100     05  FILLER                      PIC X(39) VALUE SPACES.      GLR010
006200 01  WS-TOTAL-LINE.                                               GLR010
006300     05  FILLER                      PIC X(01) VALUE '0'.         GLR010
006400     05  T-TEXT                      PIC X(47).                   GLR010
006500     05  T-DEBIT                     PIC Z,ZZZ,ZZZ,ZZ9.99-.       GLR010
006600     05  FILLER                      PIC X(02) VALUE SPACES.      GLR010
006700     05  T-CREDIT                    PIC Z,ZZZ,ZZZ,ZZ9.99-.       GLR010
006800     05  FILLER                      PIC X(49) VALUE SPACES.      GLR010
006900 PROCEDURE DIVISION.                                              GLR010
007000 0000-MAIN.                                                       GLR010
007100     OPEN INPUT PARM-FILE COA-FILE MASTER-FILE                    GLR010
007200          OUTPUT REPORT-FILE.                                     GLR010
007300     READ PARM-FILE AT END                                        GLR010
007400         CALL 'GLSABND' USING 'GLR010  '                          GLR010
007500             'NO PARAMETER CARD                       '.          GLR010
007600     MOVE PM-COMPANY TO HD-COMPANY.                               GLR010
007700     MOVE PM-RUN-DATE TO HD-DATE.                                 GLR010
007800     PERFORM 1000-COA THRU 1000-EXIT UNTIL WS-COA-EOF.            GLR010
007900     PERFORM 2000-LINE THRU 2000-EXIT UNTIL WS-EOF.               GLR010
008000     PERFORM 3000-BRANCH THRU 3000-EXIT.                          GLR010
008100     MOVE 'ALL BRANCHES' TO T-TEXT.                               GLR010
008200     MOVE WS-ALL-DR TO T-DEBIT.                                   GLR010
008300     MOVE WS-ALL-CR TO T-CREDIT.                                  GLR010
008400     WRITE RP-LINE FROM WS-TOTAL-LINE.                            GLR010
008500     IF WS-ALL-DR NOT = WS-ALL-CR                                 GLR010
008600         MOVE '*** LEDGER DOES NOT PROVE ***' TO T-TEXT           GLR010
008700         COMPUTE T-DEBIT = WS-ALL-DR - WS-ALL-CR                  GLR010
008800         MOVE ZERO TO T-CREDIT                                    GLR010
008900         WRITE RP-LINE FROM WS-TOTAL-LINE                         GLR010
009000         MOVE 4 TO RETURN-CODE.                                   GLR010
009100     CLOSE PARM-FILE COA-FILE MASTER-FILE REPORT-FILE.            GLR010
009200     STOP RUN.                                                    GLR010
009300 1000-COA.                                                        GLR010
009400     READ COA-FILE AT END                                         GLR010
009500         MOVE 'Y' TO WS-COA-EOF-SW                                GLR010
009600         GO TO 1000-EXIT.                                         GLR010
009700     ADD 1 TO WS-COA-MAX.                                         GLR010
009800     MOVE CA-ACCOUNT TO WS-COA-ACCOUNT (WS-COA-MAX).              GLR010
009900     MOVE CA-NAME TO WS-COA-NAME (WS-COA-MAX).                    GLR010
010000 1000-EXIT.                                                       GLR010
010100     EXIT.                                                        GLR010
010200 2000-LINE.                                                       GLR010
010300     READ MASTER-FILE AT END                                      GLR010
010400         MOVE 'Y' TO WS-EOF-SW                                    GLR010
010500         GO TO 2000-EXIT.                                         GLR010
010600     IF GM-BRANCH NOT = WS-BRANCH                                 GLR010
010700         PERFORM 3000-BRANCH THRU 3000-EXIT.                      GLR010
010800     IF WS-LINES > 55                                             GLR010
010900         ADD 1 TO WS-PAGE                                         GLR010
011000         MOVE WS-PAGE TO HD-PAGE                                  GLR010
011100         WRITE RP-LINE FROM HD-LINE-1                             GLR010
011200         WRITE RP-LINE FROM HD-LINE-2                             GLR010
011300         MOVE ZERO TO WS-LINES.                                   GLR010
011400     MOVE GM-BRANCH TO D-BRANCH.                                  GLR010
011500     MOVE GM-ACCOUNT TO D-ACCOUNT.                                GLR010
011600     MOVE '** NOT IN THE CHART **' TO D-NAME.                     GLR010
011700     SET WS-CX TO 1.                                              GLR010
011800     SEARCH WS-COA                                                GLR010
011900         AT END                                                   GLR010
012000             NEXT SENTENCE                                        GLR010
012100         WHEN WS-COA-ACCOUNT (WS-CX) = GM-ACCOUNT                 GLR010
012200             MOVE WS-COA-NAME (WS-CX) TO D-NAME.                  GLR010
012300     MOVE ZERO TO D-DEBIT D-CREDIT.                               GLR010
012400     IF GM-CURR-BAL < ZERO                                        GLR010
012500         COMPUTE D-CREDIT = ZERO - GM-CURR-BAL                    GLR010
012600         SUBTRACT GM-CURR-BAL FROM WS-BR-CR                       GLR010
012700     ELSE                                                         GLR010
012800         MOVE GM-CURR-BAL TO D-DEBIT                              GLR010
012900         ADD GM-CURR-BAL TO WS-BR-DR.                             GLR010
013000     MOVE GM-LAST-POST TO D-POSTED.                               GLR010
013100     WRITE RP-LINE FROM WS-DETAIL.                                GLR010
013200     ADD 1 TO WS-LINES.                                           GLR010
013300 2000-EXIT.                                                       GLR010
013400     EXIT.                                                        GLR010
013500 3000-BRANCH.                                                     GLR010
013600     IF WS-BRANCH NOT = ZERO                                      GLR010
013700         MOVE 'TOTAL OF THE BRANCH' TO T-TEXT                     GLR010
013800         MOVE WS-BR-DR TO T-DEBIT                                 GLR010
013900         MOVE WS-BR-CR TO T-CREDIT                                GLR010
014000         WRITE RP-LINE FROM WS-TOTAL-LINE                         GLR010
014100         ADD 2 TO WS-LINES.                                       GLR010
014200     ADD WS-BR-DR TO WS-ALL-DR.                                   GLR010
014300     ADD WS-BR-CR TO WS-ALL-CR.                                   GLR010
014400     MOVE ZERO TO WS-BR-DR WS-BR-CR.                              GLR010
014500     MOVE GM-BRANCH TO WS-BRANCH.                                 GLR010
014600 3000-EXIT.                                                       GLR010
014700     EXIT.                                                        GLR010
