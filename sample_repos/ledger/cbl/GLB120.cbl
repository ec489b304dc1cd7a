       IDENTIFICATION DIVISION.
       PROGRAM-ID.    GLB120.
       AUTHOR.        P LINDQVIST-DOYLE.
       DATE-WRITTEN.  JANUARY 2003.
      *    HEAD OFFICE COSTS TO THE BRANCHES, MONTH END.
      *    ALLOCATION CARD: AMOUNT. EVERY ACTIVE BRANCH PAYS ITS
      *    PERCENTAGE, BRANCH 001 IS THE HEAD OFFICE AND RECOVERS.
      *    CENTS THAT ARE LEFT OVER STAY WITH THE LAST BRANCH.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT PARM-FILE    ASSIGN TO PARMCARD.
           SELECT ALLOC-FILE   ASSIGN TO ALLOCRD.
           SELECT BRANCH-FILE  ASSIGN TO BRANCH
               ORGANIZATION IS RELATIVE
               ACCESS MODE IS SEQUENTIAL
               FILE STATUS IS WS-BRANCH-STATUS.
           SELECT OPTIONAL JOURNAL-FILE ASSIGN TO JRNLOUT.
       DATA DIVISION.
       FILE SECTION.
       FD  PARM-FILE.
           COPY GLPARM.
       FD  ALLOC-FILE.
       01  AL-RECORD.
           05  AL-AMOUNT                   PIC 9(09)V99.
           05  AL-TEXT                     PIC X(30).
           05  FILLER                      PIC X(39).
       FD  BRANCH-FILE.
           COPY GLBRCH.
       FD  JOURNAL-FILE.
           COPY GLJRNL REPLACING ==:TAG:== BY ==JR==.
       WORKING-STORAGE SECTION.
           COPY GLACCT.
           COPY GLCTLR.
       01  WS-WORK.
           05  WS-BRANCH-STATUS            PIC X(02).
           05  WS-EOF-SW                   PIC X(01) VALUE 'N'.
               88  WS-EOF                        VALUE 'Y'.
           05  WS-IX                       PIC 9(03) COMP.
           05  WS-MAX                      PIC 9(03) COMP VALUE ZERO.
           05  WS-SHARE                    PIC S9(09)V99 COMP-3.
           05  WS-LEFT                     PIC S9(09)V99 COMP-3.
           05  WS-SEQ                      PIC 9(05) VALUE ZERO.
           05  WS-TABLE OCCURS 60.
               10  WS-BRANCH               PIC 9(03).
               10  WS-PCT                  PIC 9(03)V99.
       PROCEDURE DIVISION.
       0000-MAIN.
           OPEN INPUT PARM-FILE ALLOC-FILE BRANCH-FILE
                EXTEND JOURNAL-FILE.
           READ PARM-FILE AT END
               CALL 'GLSABND' USING 'GLB120  '
                   'NO PARAMETER CARD                       '.
           READ ALLOC-FILE AT END
               DISPLAY 'GLB120  NOTHING TO ALLOCATE'
               GO TO 9000-END.
           MOVE ZERO TO CT-COUNT CT-DEBIT CT-CREDIT CT-HASH.
           PERFORM 1000-BRANCHES THRU 1000-EXIT UNTIL WS-EOF.
           IF WS-MAX = ZERO
               CALL 'GLSABND' USING 'GLB120  '
                   'BRANCH TABLE IS EMPTY                   '.
           MOVE AL-AMOUNT TO WS-LEFT.
           PERFORM 2000-SHARE THRU 2000-EXIT
               VARYING WS-IX FROM 1 BY 1 UNTIL WS-IX > WS-MAX.
           MOVE 001 TO JR-BRANCH.
           MOVE AN-HO-RECOVERY TO JR-ACCOUNT.
           MOVE 'C' TO JR-DRCR.
           MOVE AL-AMOUNT TO JR-AMOUNT.
           ADD AL-AMOUNT TO CT-CREDIT.
           PERFORM 3000-WRITE THRU 3000-EXIT.
           MOVE PM-RUN-DATE TO CT-RUN-DATE.
           MOVE 'GLB120' TO CT-PROGRAM.
           MOVE 'ALLOCATED' TO CT-LABEL.
           CALL 'GLSCTL' USING CT-RECORD.
       9000-END.
           CLOSE PARM-FILE ALLOC-FILE BRANCH-FILE JOURNAL-FILE.
           STOP RUN.
       1000-BRANCHES.
           READ BRANCH-FILE NEXT RECORD AT END
               MOVE 'Y' TO WS-EOF-SW
               GO TO 1000-EXIT.
           IF BR-CLOSED OR BR-ALLOC-PCT = ZERO
               GO TO 1000-EXIT.
           ADD 1 TO WS-MAX.
           MOVE BR-NUMBER TO WS-BRANCH (WS-MAX).
           MOVE BR-ALLOC-PCT TO WS-PCT (WS-MAX).
       1000-EXIT.
           EXIT.
       2000-SHARE.
           IF WS-IX = WS-MAX
               MOVE WS-LEFT TO WS-SHARE
           ELSE
               COMPUTE WS-SHARE = AL-AMOUNT * WS-PCT (WS-IX) / 100.
           SUBTRACT WS-SHARE FROM WS-LEFT.
           MOVE WS-BRANCH (WS-IX) TO JR-BRANCH.
           MOVE AN-HO-CHARGE TO JR-ACCOUNT.
           MOVE 'D' TO JR-DRCR.
           MOVE WS-SHARE TO JR-AMOUNT.
           ADD WS-SHARE TO CT-DEBIT.
           PERFORM 3000-WRITE THRU 3000-EXIT.
       2000-EXIT.
           EXIT.
       3000-WRITE.
           ADD 1 TO WS-SEQ CT-COUNT.
           MOVE PM-RUN-DATE TO JR-EFF-DATE.
           MOVE 'ALC' TO JR-SOURCE.
           MOVE 90001 TO JR-BATCH-NO.
           MOVE WS-SEQ TO JR-SEQ-NO.
           MOVE AL-TEXT TO JR-DESCR.
           MOVE SPACES TO JR-REF JR-ERR-CODE.
           MOVE 'N' TO JR-STATUS.
           ADD JR-ACCOUNT TO CT-HASH.
           WRITE JR-RECORD.
       3000-EXIT.
           EXIT.
