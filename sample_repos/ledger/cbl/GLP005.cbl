       IDENTIFICATION DIVISION.
       PROGRAM-ID.    GLP005.
       AUTHOR.        P LINDQVIST-DOYLE.
       DATE-WRITTEN.  MAY 2002.
      *    ENTERS VENDOR INVOICES FROM CARDS INTO THE INVOICE MASTER.
      *    AN INVOICE NUMBER THAT THE VENDOR HAS USED IS REFUSED.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT CARD-FILE    ASSIGN TO INVCARDS.
           SELECT SORT-FILE    ASSIGN TO SORTWK01.
           SELECT OPTIONAL OLD-INVOICE ASSIGN TO INVIN.
           SELECT NEW-INVOICE  ASSIGN TO INVOUT.
       DATA DIVISION.
       FILE SECTION.
       FD  CARD-FILE.
       01  CARD-RECORD.
           05  CD-VENDOR                   PIC 9(06).
           05  CD-INVOICE                  PIC X(10).
           05  CD-BRANCH                   PIC 9(03).
           05  CD-EXP-ACCOUNT              PIC 9(08).
           05  CD-AMOUNT                   PIC 9(09)V99.
           05  CD-DUE-DATE                 PIC 9(06).
           05  CD-VENDOR-NAME              PIC X(22).
           05  CD-ROUTING                  PIC 9(09).
           05  CD-BANK-ACCT                PIC X(05).
       SD  SORT-FILE.
           COPY GLINVC REPLACING ==:TAG:== BY ==SR==.
       FD  OLD-INVOICE.
           COPY GLINVC REPLACING ==:TAG:== BY ==OI==.
       FD  NEW-INVOICE.
           COPY GLINVC REPLACING ==:TAG:== BY ==NI==.
       WORKING-STORAGE SECTION.
       01  WS-WORK.
           05  WS-OLD-KEY                  PIC X(16).
           05  WS-NEW-KEY                  PIC X(16).
           05  WS-LAST-KEY                 PIC X(16) VALUE LOW-VALUES.
           05  WS-CHECK                    PIC X(01).
           05  WS-ENTERED                  PIC 9(05) VALUE ZERO.
           05  WS-REFUSED                  PIC 9(05) VALUE ZERO.
           05  WS-EOF-SW                   PIC X(01) VALUE 'N'.
               88  WS-EOF                        VALUE 'Y'.
       PROCEDURE DIVISION.
       0000-MAIN SECTION.
       0010-RUN.
           SORT SORT-FILE ON ASCENDING KEY SR-KEY
               INPUT PROCEDURE IS 1000-CARDS
               OUTPUT PROCEDURE IS 2000-MERGE.
           DISPLAY 'GLP005  ENTERED ' WS-ENTERED
               ' REFUSED ' WS-REFUSED.
           IF WS-REFUSED > ZERO
               MOVE 4 TO RETURN-CODE.
           STOP RUN.
       1000-CARDS SECTION.
       1010-OPEN.
           OPEN INPUT CARD-FILE.
       1020-NEXT.
           READ CARD-FILE AT END
               CLOSE CARD-FILE
               GO TO 1099-EXIT.
           CALL 'GLSCKD' USING CD-EXP-ACCOUNT WS-CHECK.
           IF WS-CHECK NOT = '0' OR CD-AMOUNT NOT NUMERIC
               DISPLAY 'GLP005  REFUSED ' CD-VENDOR ' ' CD-INVOICE
               ADD 1 TO WS-REFUSED
               GO TO 1020-NEXT.
           INITIALIZE SR-RECORD.
           MOVE CD-VENDOR TO SR-VENDOR.
           MOVE CD-INVOICE TO SR-INVOICE.
           MOVE CD-BRANCH TO SR-BRANCH.
           MOVE CD-EXP-ACCOUNT TO SR-EXP-ACCOUNT.
           MOVE CD-AMOUNT TO SR-AMOUNT.
           MOVE CD-DUE-DATE TO SR-DUE-DATE.
           MOVE 'O' TO SR-STATUS.
           MOVE CD-VENDOR-NAME TO SR-VENDOR-NAME.
           MOVE CD-ROUTING TO SR-ROUTING.
           MOVE CD-BANK-ACCT TO SR-BANK-ACCT.
           RELEASE SR-RECORD.
           GO TO 1020-NEXT.
       1099-EXIT.
           EXIT.
       2000-MERGE SECTION.
       2010-OPEN.
           OPEN INPUT OLD-INVOICE OUTPUT NEW-INVOICE.
           PERFORM 3000-READ-OLD.
           PERFORM 3100-RETURN-NEW.
       2020-LOOP.
           IF WS-OLD-KEY = HIGH-VALUES AND WS-NEW-KEY = HIGH-VALUES
               CLOSE OLD-INVOICE NEW-INVOICE
               GO TO 2099-EXIT.
           IF WS-OLD-KEY NOT > WS-NEW-KEY
               MOVE WS-OLD-KEY TO WS-LAST-KEY
               WRITE NI-RECORD FROM OI-RECORD
               PERFORM 3000-READ-OLD
               GO TO 2020-LOOP.
           IF WS-NEW-KEY = WS-LAST-KEY
               DISPLAY 'GLP005  TWICE   ' SR-VENDOR ' ' SR-INVOICE
               ADD 1 TO WS-REFUSED
           ELSE
               MOVE WS-NEW-KEY TO WS-LAST-KEY
               ADD 1 TO WS-ENTERED
               WRITE NI-RECORD FROM SR-RECORD.
           PERFORM 3100-RETURN-NEW.
           GO TO 2020-LOOP.
       2099-EXIT.
           EXIT.
       3000-READ-OLD SECTION.
       3010-READ.
           READ OLD-INVOICE AT END
               MOVE HIGH-VALUES TO WS-OLD-KEY
               GO TO 3099-EXIT.
           MOVE OI-KEY TO WS-OLD-KEY.
       3099-EXIT.
           EXIT.
       3100-RETURN-NEW SECTION.
       3110-RETURN.
           RETURN SORT-FILE AT END
               MOVE HIGH-VALUES TO WS-NEW-KEY
               GO TO 3199-EXIT.
           MOVE SR-KEY TO WS-NEW-KEY.
       3199-EXIT.
           EXIT.
