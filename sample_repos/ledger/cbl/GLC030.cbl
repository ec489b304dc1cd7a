       IDENTIFICATION DIVISION.
       PROGRAM-ID.    GLC030.
       AUTHOR.        R T CULLEN.
       DATE-WRITTEN.  OCTOBER 1994.
      *    LOADS THE BRANCH TABLE FROM CARDS. COMPLETE RELOAD, THE SLOT
      *    NUMBER IS THE BRANCH NUMBER. PERCENTAGES MUST ADD UP TO 100.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT CARD-FILE    ASSIGN TO BRCARDS.
           SELECT BRANCH-FILE  ASSIGN TO BRANCH
               ORGANIZATION IS RELATIVE
               ACCESS MODE IS RANDOM
               RELATIVE KEY IS WS-SLOT
               FILE STATUS IS WS-STATUS.
       DATA DIVISION.
       FILE SECTION.
       FD  CARD-FILE.
       01  CD-RECORD.
           05  CD-NUMBER                   PIC 9(03).
           05  FILLER                      PIC X(28).
           05  CD-ALLOC-PCT                PIC 9(03)V99.
           05  FILLER                      PIC X(44).
       FD  BRANCH-FILE.
           COPY GLBRCH.
       WORKING-STORAGE SECTION.
       01  WS-SLOT                         PIC 9(04) COMP.
       01  WS-STATUS                       PIC X(02).
       01  WS-COUNT                        PIC 9(04) VALUE ZERO.
       01  WS-TOTAL-PCT                    PIC 9(05)V99 VALUE ZERO.
       PROCEDURE DIVISION.
       0000-MAIN.
           OPEN INPUT CARD-FILE OUTPUT BRANCH-FILE.
       0100-NEXT.
           READ CARD-FILE AT END GO TO 0900-END.
           MOVE CD-NUMBER TO WS-SLOT.
           MOVE CD-RECORD TO BR-RECORD.
           WRITE BR-RECORD INVALID KEY
               DISPLAY 'GLC030  BRANCH ' CD-NUMBER ' TWICE'
               MOVE 8 TO RETURN-CODE
               GO TO 0100-NEXT.
           ADD 1 TO WS-COUNT.
           IF BR-ACTIVE
               ADD CD-ALLOC-PCT TO WS-TOTAL-PCT.
           GO TO 0100-NEXT.
       0900-END.
           DISPLAY 'GLC030  BRANCHES ' WS-COUNT ' PCT ' WS-TOTAL-PCT.
           IF WS-TOTAL-PCT NOT = 100
               MOVE 8 TO RETURN-CODE.
           CLOSE CARD-FILE BRANCH-FILE.
           STOP RUN.
