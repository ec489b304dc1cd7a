000100 IDENTIFICATION DIVISION.                                         GLC010
000200 PROGRAM-ID.    GLC010.                                           GLC010
000300 AUTHOR.        H WESTERGAARD.                                    GLC010
000400 DATE-WRITTEN.  FEBRUARY 1986.                                    GLC010
000500***************************************************************** GLC010
000600* MAINTAINS THE CHART OF ACCOUNTS. CARDS ARE SORTED HERE.       * GLC010
000700*   A = ADD    C = CHANGE NAME OR CALL LINE   X = CLOSE         * GLC010
000800* A CLOSED ACCOUNT MAY STILL HAVE A BALANCE, NOBODY LOOKS.      * GLC010
000900***************************************************************** GLC010
001000 ENVIRONMENT DIVISION.                                            GLC010
001100 INPUT-OUTPUT SECTION.                                            GLC010
001200 FILE-CONTROL.                                                    GLC010
001300     SELECT CARD-FILE    ASSIGN TO COACARDS.                      GLC010
001400     SELECT SORT-FILE    ASSIGN TO SORTWK01.                      GLC010
001500     SELECT OPTIONAL COA-IN ASSIGN TO COAIN.                      GLC010
001600     SELECT COA-OUT      ASSIGN TO COAOUT.                        GLC010
001700     SELECT REPORT-FILE  ASSIGN TO COARPT.                        GLC010
001800 DATA DIVISION.                                                   GLC010
001900 FILE SECTION.                                                    GLC010
002000 FD  CARD-FILE.                                                   GLC010
002100 01  CD-RECORD                       PIC X(80).                   GLC010
002200 SD  SORT-FILE.                                                   GLC010
002300 01  MC-RECORD.                                                   GLC010
002400     05  MC-ACTION                   PIC X(01).                   GLC010
002500         88  MC-ADD                        VALUE 'A'.             GLC010
002600         88  MC-CHANGE                     VALUE 'C'.             GLC010
002700         88  MC-CLOSE                      VALUE 'X'.             GLC010
002800     05  MC-ACCOUNT                  PIC 9(08).                   GLC010
002900     05  MC-NAME                     PIC X(30).                   GLC010
003000     05  MC-TYPE                     PIC X(01).                   GLC010
003100     05  MC-CALL-LINE                PIC 9(04).                   GLC010
003200     05  MC-CLOSE-TO                 PIC 9(08).                   GLC010
003300     05  MC-DATE                     PIC 9(06).                   GLC010
003400     05  MC-USER                     PIC X(08).                   GLC010
003500     05  FILLER                      PIC X(14).                   GLC010
003600 FD  COA-IN.                                                      GLC010
003700     COPY GLCOA REPLACING ==:TAG:== BY ==CA==.                    GLC010
003800 FD  COA-OUT.                                                     GLC010
003900     COPY GLCOA REPLACING ==:TAG:== BY ==CO==.                    GLC010
004000 FD  REPORT-FILE.                                                 GLC010
004100 01  RP-LINE                         PIC X(133).                  GLC010
004200 WORKING-STORAGE SECTION.                                         GLC010
004300 01  WS-DETAIL.                                                   GLC010
004400     05  FILLER                      PIC X(01) VALUE ' '.         GLC010
004500     05  D-ACTION                    PIC X(01).                   GLC010
004600     05  FILLER                      PIC X(02) VALUE SPACES.      GLC010
004700     05  D-ACCOUNT                   PIC 9(08).                   GLC010
004800     05  FILLER                      PIC X(02) VALUE SPACES.      GLC010
004900     05  D-NAME                      PIC X(30).                   GLC010
005000     05  FILLER                      PIC X(02) VALUE SPACES.      GLC010
005100     05  D-USER                      PIC X(08).                   GLC010
005200     05  FILLER                      PIC X(02) VALUE SPACES.      GLC010
005300     05  D-RESULT                    PIC X(20).                   GLC010
005400     05  FILLER                      PIC X(57) VALUE SPACES.      GLC010
005500 01  WS-WORK.                                                     GLC010
005600     05  WS-COA-KEY                  PIC X(08).                   GLC010
005700     05  WS-CARD-KEY                 PIC X(08).                   GLC010
005800     05  WS-CHECK                    PIC X(01).                   GLC010
005900     05  WS-HELD-SW                  PIC X(01) VALUE 'N'.         GLC010
006000         88  WS-HELD                       VALUE 'Y'.             GLC010
006100     05  WS-LOW                      PIC X(08).                   GLC010
006200     05  WS-ERRORS                   PIC 9(05) VALUE ZERO.        GLC010
006300 PROCEDURE DIVISION.                                              GLC010
006400 0000-MAIN SECTION.                                               GLC010
006500 0010-SORT.                                                       GLC010
006600     SORT SORT-FILE ON ASCENDING KEY MC-ACCOUNT MC-ACTION         GLC010
006700         USING CARD-FILE                                          GLC010
006800         OUTPUT PROCEDURE IS 1000-UPDATE.                         GLC010
006900     IF WS-ERRORS > ZERO                                          GLC010
007000         MOVE 4 TO RETURN-CODE.                                   GLC010
007100     STOP RUN.                                                    GLC010
007200*                                                                 GLC010
007300 1000-UPDATE SECTION.                                             GLC010
007400 1010-START.                                                      GLC010
007500     OPEN INPUT COA-IN OUTPUT COA-OUT REPORT-FILE.                GLC010
007600     PERFORM 2000-READ-COA.                                       GLC010
007700     PERFORM 2100-RETURN-CARD.                                    GLC010
007800 1020-LOOP.                                                       GLC010
007900     IF WS-COA-KEY = HIGH-VALUES AND WS-CARD-KEY = HIGH-VALUES    GLC010
008000         GO TO 1090-END.                                          GLC010
008100     MOVE 'N' TO WS-HELD-SW.                                      GLC010
008200     IF WS-COA-KEY NOT > WS-CARD-KEY                              GLC010
008300         MOVE WS-COA-KEY TO WS-LOW                                GLC010
008400         MOVE CA-RECORD TO CO-RECORD                              GLC010
008500         MOVE 'Y' TO WS-HELD-SW                                   GLC010
008600         PERFORM 2000-READ-COA                                    GLC010
008700     ELSE                                                         GLC010
008800         MOVE WS-CARD-KEY TO WS-LOW.                              GLC010
008900     PERFORM 3000-APPLY UNTIL WS-CARD-KEY NOT = WS-LOW.           GLC010
009000     IF WS-HELD                                                   GLC010
009100         WRITE CO-RECORD.                                         GLC010
009200     GO TO 1020-LOOP.                                             GLC010
009300 1090-END.                                                        GLC010
009400     CLOSE COA-IN COA-OUT REPORT-FILE.                            GLC010
009500 1099-EXIT.                                                       GLC010
009600     EXIT.                                                        GLC010
009700*                                                                 GLC010
009800 2000-READ-COA SECTION.                                           GLC010
009900 2010-READ.                                                       GLC010
010000     READ COA-IN AT END                                           GLC010
010100         MOVE HIGH-VALUES TO WS-COA-KEY                           GLC010
010200         GO TO 2099-EXIT.                                         GLC010
010300     MOVE CA-ACCOUNT TO WS-COA-KEY.                               GLC010
010400 2099-EXIT.                                                       GLC010
010500     EXIT.                                                        GLC010
010600 2100-RETURN-CARD SECTION.                                        GLC010
010700 2110-RETURN.                                                     GLC010
010800     RETURN SORT-FILE AT END                                      GLC010
010900         MOVE HIGH-VALUES TO WS-CARD-KEY                          GLC010
011000         GO TO 2199-EXIT.                                         GLC010
011100     MOVE MC-ACCOUNT TO WS-CARD-KEY.                              GLC010
011200 2199-EXIT.                                                       GLC010
011300     EXIT.                                                        GLC010
011400*                                                                 GLC010
011500 3000-APPLY SECTION.                                              GLC010
011600 3010-CHECK.                                                      GLC010
011700     MOVE 'DONE' TO D-RESULT.                                     GLC010
011800     CALL 'GLSCKD' USING MC-ACCOUNT WS-CHECK.                     GLC010
011900     IF WS-CHECK NOT = '0'                                        GLC010
012000         MOVE 'CHECK DIGIT' TO D-RESULT                           GLC010
012100         GO TO 3080-ERROR.                                        GLC010
012200     IF MC-ADD AND WS-HELD                                        GLC010
012300         MOVE 'ALREADY THERE' TO D-RESULT                         GLC010
012400         GO TO 3080-ERROR.                                        GLC010
012500     IF NOT MC-ADD AND NOT WS-HELD                                GLC010
012600         MOVE 'NOT FOUND' TO D-RESULT                             GLC010
012700         GO TO 3080-ERROR.                                        GLC010
012800     IF MC-CLOSE                                                  GLC010
012900         MOVE 'C' TO CO-STATUS                                    GLC010
013000         GO TO 3070-STAMP.                                        GLC010
013100     IF MC-CHANGE                                                 GLC010
013200         GO TO 3050-CHANGE.                                       GLC010
013300     MOVE SPACES TO CO-RECORD.                                    GLC010
013400     MOVE MC-ACCOUNT TO CO-ACCOUNT.                               GLC010
013500     MOVE MC-TYPE TO CO-TYPE.                                     GLC010
013600     IF NOT CO-VALID-TYPE                                         GLC010
013700         MOVE 'TYPE' TO D-RESULT                                  GLC010
013800         GO TO 3080-ERROR.                                        GLC010
013900     MOVE 'O' TO CO-STATUS.                                       GLC010
014000     MOVE MC-DATE TO CO-OPENED.                                   GLC010
014100     MOVE MC-CLOSE-TO TO CO-CLOSE-TO.                             GLC010
014200     MOVE ZERO TO CO-LAST-CLOSE.                                  GLC010
014300     MOVE 'Y' TO WS-HELD-SW.                                      GLC010
014400 3050-CHANGE.                                                     GLC010
014500     MOVE MC-NAME TO CO-NAME.                                     GLC010
014600     MOVE MC-CALL-LINE TO CO-CALL-LINE.                           GLC010
014700 3070-STAMP.                                                      GLC010
014800     MOVE MC-USER TO CO-USER.                                     GLC010
014900     GO TO 3090-PRINT.                                            GLC010
015000 3080-ERROR.                                                      GLC010
015100     ADD 1 TO WS-ERRORS.                                          GLC010
015200 3090-PRINT.                                                      GLC010
015300     MOVE MC-ACTION TO D-ACTION.                                  GLC010
015400     MOVE MC-ACCOUNT TO D-ACCOUNT.                                GLC010
015500     MOVE MC-NAME TO D-NAME.                                      GLC010
015600     MOVE MC-USER TO D-USER.                                      GLC010
015700     WRITE RP-LINE FROM WS-DETAIL.                                GLC010
015800     PERFORM 2100-RETURN-CARD.                                    GLC010
015900 3099-EXIT.                                                       GLC010
016000     EXIT.                                                        GLC010
