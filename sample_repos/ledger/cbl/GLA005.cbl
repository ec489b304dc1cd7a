       IDENTIFICATION DIVISION.
       PROGRAM-ID.    GLA005.
       AUTHOR.        R T CULLEN.
       DATE-WRITTEN.  AUGUST 1992.
      *    BALANCES OF THE DEPOSIT SYSTEM INTO THE ACCRUAL MASTER.
      *    BOTH ARE IN ORDER OF BRANCH AND ACCOUNT. AN ACCOUNT THAT IS
      *    NOT IN THE EXTRACT ANY MORE IS MARKED X AND KEPT, ITS ACCRUED
      *    INTEREST IS STILL OWED.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT EXTRACT-FILE ASSIGN TO DPSBAL.
           SELECT OPTIONAL OLD-ACCRUAL ASSIGN TO ACMSTI.
           SELECT NEW-ACCRUAL  ASSIGN TO ACMSTO.
       DATA DIVISION.
       FILE SECTION.
       FD  EXTRACT-FILE.
       01  EX-RECORD.
           05  EX-KEY.
               10  EX-BRANCH               PIC 9(03).
               10  EX-ACCT-NO              PIC 9(10).
           05  EX-PRODUCT                  PIC X(03).
           05  EX-BALANCE                  PIC S9(11)V99
                             SIGN IS TRAILING SEPARATE CHARACTER.
           05  EX-RATE-CODE                PIC X(02).
           05  FILLER                      PIC X(48).
       FD  OLD-ACCRUAL.
           COPY GLACRU REPLACING ==:TAG:== BY ==OA==.
       FD  NEW-ACCRUAL.
           COPY GLACRU REPLACING ==:TAG:== BY ==NA==.
       WORKING-STORAGE SECTION.
       01  WS-EX-KEY                       PIC X(13).
       01  WS-OA-KEY                       PIC X(13).
       01  WS-ADDED                        PIC 9(07) VALUE ZERO.
       01  WS-CHANGED                      PIC 9(07) VALUE ZERO.
       01  WS-GONE                         PIC 9(07) VALUE ZERO.
       PROCEDURE DIVISION.
       0000-MAIN.
           OPEN INPUT EXTRACT-FILE OLD-ACCRUAL OUTPUT NEW-ACCRUAL.
           PERFORM 1000-READ-EXTRACT THRU 1000-EXIT.
           PERFORM 1100-READ-OLD THRU 1100-EXIT.
           PERFORM 2000-MATCH THRU 2000-EXIT
               UNTIL WS-EX-KEY = HIGH-VALUES
                 AND WS-OA-KEY = HIGH-VALUES.
           DISPLAY 'GLA005  ADDED ' WS-ADDED ' CHANGED ' WS-CHANGED
               ' GONE ' WS-GONE.
           CLOSE EXTRACT-FILE OLD-ACCRUAL NEW-ACCRUAL.
           STOP RUN.
       1000-READ-EXTRACT.
           READ EXTRACT-FILE AT END
               MOVE HIGH-VALUES TO WS-EX-KEY
               GO TO 1000-EXIT.
           MOVE EX-KEY TO WS-EX-KEY.
       1000-EXIT.
           EXIT.
       1100-READ-OLD.
           READ OLD-ACCRUAL AT END
               MOVE HIGH-VALUES TO WS-OA-KEY
               GO TO 1100-EXIT.
           MOVE OA-KEY TO WS-OA-KEY.
       1100-EXIT.
           EXIT.
       2000-MATCH.
           IF WS-OA-KEY < WS-EX-KEY
               MOVE OA-RECORD TO NA-RECORD
               MOVE 'X' TO NA-STATUS
               MOVE ZERO TO NA-BALANCE
               ADD 1 TO WS-GONE
               WRITE NA-RECORD
               PERFORM 1100-READ-OLD THRU 1100-EXIT
               GO TO 2000-EXIT.
           IF WS-OA-KEY > WS-EX-KEY
               INITIALIZE NA-RECORD
               MOVE EX-KEY TO NA-KEY
               MOVE 'A' TO NA-STATUS
               ADD 1 TO WS-ADDED
               GO TO 2500-TAKE.
           MOVE OA-RECORD TO NA-RECORD.
           ADD 1 TO WS-CHANGED.
           PERFORM 1100-READ-OLD THRU 1100-EXIT.
       2500-TAKE.
           MOVE EX-PRODUCT TO NA-PRODUCT.
           MOVE EX-BALANCE TO NA-BALANCE.
           MOVE EX-RATE-CODE TO NA-RATE-CODE.
           WRITE NA-RECORD.
           PERFORM 1000-READ-EXTRACT THRU 1000-EXIT.
       2000-EXIT.
           EXIT.
