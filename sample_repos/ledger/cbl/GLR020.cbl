       IDENTIFICATION DIVISION.
       PROGRAM-ID.    GLR020.
       AUTHOR.        P LINDQVIST-DOYLE.
       DATE-WRITTEN.  FEBRUARY 2003.
      *    PROFIT AND LOSS BY BRANCH, YEAR TO DATE. NAMES OF BRANCHES
      *    FROM THE BRANCH TABLE.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT PARM-FILE    ASSIGN TO PARMCARD.
           SELECT MASTER-FILE  ASSIGN TO GLMSTI.
           SELECT BRANCH-FILE  ASSIGN TO BRANCH
               ORGANIZATION IS RELATIVE
               ACCESS MODE IS RANDOM
               RELATIVE KEY IS WS-SLOT
               FILE STATUS IS WS-STATUS.
           SELECT REPORT-FILE  ASSIGN TO PLRPT.
       DATA DIVISION.
       FILE SECTION.
       FD  PARM-FILE.
           COPY GLPARM.
       FD  MASTER-FILE.
           COPY GLMAST REPLACING ==:TAG:== BY ==GM==.
       FD  BRANCH-FILE.
           COPY GLBRCH.
       FD  REPORT-FILE.
       01  RP-LINE                         PIC X(133).
       WORKING-STORAGE SECTION.
           COPY GLHEAD REPLACING ==REPORT-TITLE== BY
               =='PROFIT AND LOSS BY BRANCH'==
               ==REPORT-ID== BY =='GLR020-1'==.
       01  WS-WORK.
           05  WS-SLOT                     PIC 9(04) COMP.
           05  WS-STATUS                   PIC X(02).
           05  WS-BRANCH                   PIC 9(03) VALUE ZERO.
           05  WS-INCOME                   PIC S9(11)V99 COMP-3 VALUE 0.
           05  WS-EXPENSE                  PIC S9(11)V99 COMP-3 VALUE 0.
           05  WS-RESULT                   PIC S9(11)V99 COMP-3 VALUE 0.
           05  WS-ALL                      PIC S9(11)V99 COMP-3 VALUE 0.
       01  WS-DETAIL.
           05  FILLER                      PIC X(01) VALUE ' '.
           05  D-BRANCH                    PIC ZZ9.
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-NAME                      PIC X(25).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-INCOME                    PIC Z,ZZZ,ZZZ,ZZ9.99-.
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-EXPENSE                   PIC Z,ZZZ,ZZZ,ZZ9.99-.
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-RESULT                    PIC Z,ZZZ,ZZZ,ZZ9.99-.
           05  FILLER                      PIC X(45) VALUE SPACES.
       PROCEDURE DIVISION.
       MAIN-010.
           OPEN INPUT PARM-FILE MASTER-FILE BRANCH-FILE
                OUTPUT REPORT-FILE.
           READ PARM-FILE AT END
               CALL 'GLSABND' USING 'GLR020  '
                   'NO PARAMETER CARD                       '.
           MOVE PM-COMPANY TO HD-COMPANY.
           MOVE PM-RUN-DATE TO HD-DATE.
           MOVE 1 TO HD-PAGE.
           WRITE RP-LINE FROM HD-LINE-1.
           WRITE RP-LINE FROM HD-LINE-2.
       MAIN-020.
           READ MASTER-FILE AT END GO TO MAIN-090.
           IF GM-BRANCH NOT = WS-BRANCH
               PERFORM PRINT-BRANCH.
           IF GM-INCOME
               COMPUTE WS-INCOME = WS-INCOME + GM-YTD-CR - GM-YTD-DR.
           IF GM-EXPENSE
               COMPUTE WS-EXPENSE = WS-EXPENSE + GM-YTD-DR - GM-YTD-CR.
           GO TO MAIN-020.
       MAIN-090.
           PERFORM PRINT-BRANCH.
           MOVE ZERO TO D-BRANCH.
           MOVE 'BANK' TO D-NAME.
           MOVE ZERO TO D-INCOME D-EXPENSE.
           MOVE WS-ALL TO D-RESULT.
           WRITE RP-LINE FROM WS-DETAIL.
           CLOSE PARM-FILE MASTER-FILE BRANCH-FILE REPORT-FILE.
           STOP RUN.
       PRINT-BRANCH.
           IF WS-BRANCH NOT = ZERO
               PERFORM PRINT-LINE.
           MOVE ZERO TO WS-INCOME WS-EXPENSE.
           MOVE GM-BRANCH TO WS-BRANCH.
       PRINT-LINE.
           MOVE WS-BRANCH TO D-BRANCH WS-SLOT.
           MOVE SPACES TO BR-NAME.
           READ BRANCH-FILE INVALID KEY
               MOVE '** UNKNOWN **' TO BR-NAME.
           MOVE BR-NAME TO D-NAME.
           MOVE WS-INCOME TO D-INCOME.
           MOVE WS-EXPENSE TO D-EXPENSE.
           COMPUTE WS-RESULT = WS-INCOME - WS-EXPENSE.
           MOVE WS-RESULT TO D-RESULT.
           ADD WS-RESULT TO WS-ALL.
           WRITE RP-LINE FROM WS-DETAIL.
