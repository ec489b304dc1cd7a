       IDENTIFICATION DIVISION.
       PROGRAM-ID.    GLIRT01.
       AUTHOR.        R T CULLEN.
      *    DAILY INTEREST, ONE RATE ON THE WHOLE BALANCE, 365 DAYS.
      *    NOBODY CALLS THIS BY NAME, THE RATE FILE DOES (RT-METHOD).
       ENVIRONMENT DIVISION.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-IX                           PIC 9(01).
       LINKAGE SECTION.
           COPY GLRATE.
       01  LK-BALANCE                      PIC S9(11)V99 COMP-3.
       01  LK-DAYS                         PIC S9(05) COMP-3.
       01  LK-INTEREST                     PIC S9(09)V9(05) COMP-3.
       PROCEDURE DIVISION USING RT-RECORD LK-BALANCE LK-DAYS
               LK-INTEREST.
       0000-CONTROL.
           MOVE ZERO TO LK-INTEREST.
           IF LK-BALANCE NOT > ZERO
               GOBACK.
           COMPUTE LK-INTEREST ROUNDED =
               LK-BALANCE * RT-RATE (1) * LK-DAYS / 36500.
           GOBACK.
