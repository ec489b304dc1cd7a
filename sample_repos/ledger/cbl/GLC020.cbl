       IDENTIFICATION DIVISION.
       PROGRAM-ID.    GLC020.
       AUTHOR.        H WESTERGAARD.
      *    LIST OF THE CHART OF ACCOUNTS
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT PARM-FILE    ASSIGN TO PARMCARD.
           SELECT COA-FILE     ASSIGN TO COAIN.
           SELECT REPORT-FILE  ASSIGN TO COALIST.
       DATA DIVISION.
       FILE SECTION.
       FD  PARM-FILE.
           COPY GLPARM.
       FD  COA-FILE.
           COPY GLCOA REPLACING ==:TAG:== BY ==CA==.
       FD  REPORT-FILE.
       01  RP-LINE                         PIC X(133).
       WORKING-STORAGE SECTION.
           COPY GLHEAD REPLACING ==REPORT-TITLE== BY
               =='CHART OF ACCOUNTS'==
               ==REPORT-ID== BY =='GLC020-1'==.
       01  WS-LINE-COUNT                   PIC 9(02) VALUE 99.
       01  WS-PAGE                         PIC 9(03) VALUE ZERO.
       01  WS-DETAIL.
           05  FILLER                      PIC X(01) VALUE ' '.
           05  D-ACCOUNT                   PIC 9(08).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-NAME                      PIC X(30).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-TYPE                      PIC X(01).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-STATUS                    PIC X(06).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-CALL-LINE                 PIC 9(04).
           05  FILLER                      PIC X(02) VALUE SPACES.
           05  D-LAST-CLOSE                PIC 9(04).
           05  FILLER                      PIC X(69) VALUE SPACES.
       PROCEDURE DIVISION.
       0000-MAIN.
           OPEN INPUT PARM-FILE COA-FILE OUTPUT REPORT-FILE.
           READ PARM-FILE AT END MOVE SPACES TO PM-RECORD.
           MOVE PM-COMPANY TO HD-COMPANY.
           MOVE PM-RUN-DATE TO HD-DATE.
       0100-NEXT.
           READ COA-FILE AT END GO TO 0900-END.
           IF WS-LINE-COUNT > 55
               ADD 1 TO WS-PAGE
               MOVE WS-PAGE TO HD-PAGE
               WRITE RP-LINE FROM HD-LINE-1
               WRITE RP-LINE FROM HD-LINE-2
               MOVE ZERO TO WS-LINE-COUNT.
           MOVE CA-ACCOUNT TO D-ACCOUNT.
           MOVE CA-NAME TO D-NAME.
           MOVE CA-TYPE TO D-TYPE.
           MOVE 'OPEN' TO D-STATUS.
           IF CA-CLOSED
               MOVE 'CLOSED' TO D-STATUS.
           MOVE CA-CALL-LINE TO D-CALL-LINE.
           MOVE CA-LAST-CLOSE TO D-LAST-CLOSE.
           WRITE RP-LINE FROM WS-DETAIL.
           ADD 1 TO WS-LINE-COUNT.
           GO TO 0100-NEXT.
       0900-END.
           CLOSE PARM-FILE COA-FILE REPORT-FILE.
           STOP RUN.
