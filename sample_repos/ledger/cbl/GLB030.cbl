       IDENTIFICATION DIVISION.
       PROGRAM-ID.    GLB030.
       AUTHOR.        P LINDQVIST-DOYLE.
       DATE-WRITTEN.  SEPTEMBER 2001.
      *    SUSPENSE: PRINTS WHAT IS IN IT AND RE-ENTERS WHAT WAS
      *    CORRECTED. A CORRECTION CARD NAMES BATCH, SEQUENCE AND THE
      *    NEW ACCOUNT. RE-ENTERED RECORDS GO BACK TO THE PENDING
      *    JOURNALS, THE REST IS CARRIED TO THE NEW SUSPENSE FILE.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT PARM-FILE     ASSIGN TO PARMCARD.
           SELECT OPTIONAL CORRECT-FILE ASSIGN TO CORRECTN.
           SELECT SUSPENSE-IN   ASSIGN TO SUSPIN.
           SELECT SUSPENSE-OUT  ASSIGN TO SUSPOUT.
           SELECT OPTIONAL JOURNAL-FILE ASSIGN TO JRNLOUT.
           SELECT REPORT-FILE   ASSIGN TO SUSPRPT.
       DATA DIVISION.
       FILE SECTION.
       FD  PARM-FILE.
           COPY GLPARM.
       FD  CORRECT-FILE.
       01  CC-RECORD.
           05  CC-BATCH                    PIC 9(05).
           05  CC-SEQ                      PIC 9(05).
           05  CC-ACCOUNT                  PIC 9(08).
           05  CC-BRANCH                   PIC 9(03).
           05  CC-USER                     PIC X(08).
           05  FILLER                      PIC X(51).
       FD  SUSPENSE-IN.
           COPY GLJRNL REPLACING ==:TAG:== BY ==SI==.
       FD  SUSPENSE-OUT.
           COPY GLJRNL REPLACING ==:TAG:== BY ==SO==.
       FD  JOURNAL-FILE.
           COPY GLJRNL REPLACING ==:TAG:== BY ==JR==.
       FD  REPORT-FILE.
       01  RP-LINE                         PIC X(133).
       WORKING-STORAGE SECTION.
           COPY GLHEAD REPLACING ==REPORT-TITLE== BY
               =='JOURNALS IN SUSPENSE'==
               ==REPORT-ID== BY =='GLB030-1'==.
       01  WS-DETAIL.
           05  FILLER                      PIC X(01) VALUE ' '.
           05  D-BATCH                     PIC 9(05).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-SEQ                       PIC 9(05).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-BRANCH                    PIC 9(03).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-ACCOUNT                   PIC 9(08).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-DRCR                      PIC X(01).
           05  D-AMOUNT                    PIC Z,ZZZ,ZZZ,ZZ9.99-.
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-DESCR                     PIC X(30).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-ERROR                     PIC X(04).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-ACTION                    PIC X(12).
           05  FILLER                      PIC X(33) VALUE SPACES.
       01  WS-CORRECTIONS.
           05  WS-CC-MAX                   PIC 9(03) VALUE ZERO.
           05  WS-CC OCCURS 100 INDEXED BY WS-CX.
               10  WS-CC-KEY.
                   15  WS-CC-BATCH         PIC 9(05).
                   15  WS-CC-SEQ           PIC 9(05).
               10  WS-CC-ACCOUNT           PIC 9(08).
               10  WS-CC-BRANCH            PIC 9(03).
       01  WS-SWITCHES.
           05  WS-EOF-SW                   PIC X(01) VALUE 'N'.
               88  WS-EOF                        VALUE 'Y'.
           05  WS-CC-EOF-SW                PIC X(01) VALUE 'N'.
               88  WS-CC-EOF                     VALUE 'Y'.
       01  WS-PAGE                         PIC 9(03) VALUE 1.
       PROCEDURE DIVISION.
       MAIN-LINE SECTION.
       MAIN-010.
           OPEN INPUT PARM-FILE CORRECT-FILE SUSPENSE-IN
                OUTPUT SUSPENSE-OUT REPORT-FILE
                EXTEND JOURNAL-FILE.
           READ PARM-FILE AT END
               CALL 'GLSABND' USING 'GLB030  '
                   'NO PARAMETER CARD                       '.
           MOVE PM-COMPANY TO HD-COMPANY.
           MOVE PM-RUN-DATE TO HD-DATE.
           MOVE WS-PAGE TO HD-PAGE.
           WRITE RP-LINE FROM HD-LINE-1.
           WRITE RP-LINE FROM HD-LINE-2.
           PERFORM LOAD-CORRECTIONS UNTIL WS-CC-EOF.
           PERFORM EACH-SUSPENDED UNTIL WS-EOF.
           CLOSE PARM-FILE CORRECT-FILE SUSPENSE-IN SUSPENSE-OUT
                 REPORT-FILE JOURNAL-FILE.
           STOP RUN.
      *
       LOAD-CORRECTIONS SECTION.
       LOAD-010.
           READ CORRECT-FILE AT END
               MOVE 'Y' TO WS-CC-EOF-SW
               GO TO LOAD-EXIT.
           ADD 1 TO WS-CC-MAX.
           MOVE CC-BATCH TO WS-CC-BATCH (WS-CC-MAX).
           MOVE CC-SEQ TO WS-CC-SEQ (WS-CC-MAX).
           MOVE CC-ACCOUNT TO WS-CC-ACCOUNT (WS-CC-MAX).
           MOVE CC-BRANCH TO WS-CC-BRANCH (WS-CC-MAX).
       LOAD-EXIT.
           EXIT.
      *
       EACH-SUSPENDED SECTION.
       EACH-010.
           READ SUSPENSE-IN AT END
               MOVE 'Y' TO WS-EOF-SW
               GO TO EACH-EXIT.
           MOVE SI-BATCH-NO TO D-BATCH.
           MOVE SI-SEQ-NO TO D-SEQ.
           MOVE SI-BRANCH TO D-BRANCH.
           MOVE SI-ACCOUNT TO D-ACCOUNT.
           MOVE SI-DRCR TO D-DRCR.
           MOVE SI-AMOUNT TO D-AMOUNT.
           MOVE SI-DESCR TO D-DESCR.
           MOVE SI-ERR-CODE TO D-ERROR.
           SET WS-CX TO 1.
           SEARCH WS-CC
               AT END
                   GO TO EACH-CARRY
               WHEN WS-CX > WS-CC-MAX
                   GO TO EACH-CARRY
               WHEN WS-CC-BATCH (WS-CX) = SI-BATCH-NO
                    AND WS-CC-SEQ (WS-CX) = SI-SEQ-NO
                   NEXT SENTENCE.
           MOVE SI-RECORD TO JR-RECORD.
           MOVE WS-CC-ACCOUNT (WS-CX) TO JR-ACCOUNT.
           MOVE WS-CC-BRANCH (WS-CX) TO JR-BRANCH.
           MOVE 'RNT' TO JR-SOURCE.
           MOVE 'N' TO JR-STATUS.
           MOVE SPACES TO JR-ERR-CODE.
           WRITE JR-RECORD.
           MOVE 'RE-ENTERED' TO D-ACTION.
           GO TO EACH-PRINT.
       EACH-CARRY.
           WRITE SO-RECORD FROM SI-RECORD.
           MOVE 'CARRIED' TO D-ACTION.
       EACH-PRINT.
           WRITE RP-LINE FROM WS-DETAIL.
       EACH-EXIT.
           EXIT.
