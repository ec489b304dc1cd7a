       IDENTIFICATION DIVISION.
       PROGRAM-ID.    GLIRT02.
       AUTHOR.        R T CULLEN.
      *    DAILY INTEREST BY TIERS: EACH PART OF THE BALANCE AT ITS OWN
      *    RATE. 360 DAYS, THE BROCHURE OF 1993 SAID SO (GL-0533)
       ENVIRONMENT DIVISION.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-WORK.
           05  WS-IX                       PIC 9(01).
           05  WS-FLOOR                    PIC S9(11)V99 COMP-3.
           05  WS-PART                     PIC S9(11)V99 COMP-3.
           05  WS-PRODUCT                  PIC S9(12)V9(06) COMP-3.
           05  WS-TIER-INT                 PIC S9(09)V9(05) COMP-3.
       LINKAGE SECTION.
           COPY GLRATE.
       01  LK-BALANCE                      PIC S9(11)V99 COMP-3.
       01  LK-DAYS                         PIC S9(05) COMP-3.
       01  LK-INTEREST                     PIC S9(09)V9(05) COMP-3.
       PROCEDURE DIVISION USING RT-RECORD LK-BALANCE LK-DAYS
               LK-INTEREST.
       0000-CONTROL.
           MOVE ZERO TO LK-INTEREST WS-FLOOR.
           PERFORM 1000-TIER THRU 1000-EXIT
               VARYING WS-IX FROM 1 BY 1 UNTIL WS-IX > 3.
           GOBACK.
       1000-TIER.
           IF LK-BALANCE NOT > WS-FLOOR
               GO TO 1000-EXIT.
           IF LK-BALANCE > RT-LIMIT (WS-IX)
               COMPUTE WS-PART = RT-LIMIT (WS-IX) - WS-FLOOR
           ELSE
               COMPUTE WS-PART = LK-BALANCE - WS-FLOOR.
           COMPUTE WS-PRODUCT = WS-PART * RT-RATE (WS-IX) * LK-DAYS.
           DIVIDE WS-PRODUCT BY 36000 GIVING WS-TIER-INT ROUNDED.
           ADD WS-TIER-INT TO LK-INTEREST.
           MOVE RT-LIMIT (WS-IX) TO WS-FLOOR.
       1000-EXIT.
           EXIT.
