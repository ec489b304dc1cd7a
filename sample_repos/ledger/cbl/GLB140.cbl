       IDENTIFICATION DIVISION.
       PROGRAM-ID.    GLB140.
       AUTHOR.        P LINDQVIST-DOYLE.
       DATE-WRITTEN.  MARCH 2004.
      *    SPLITS THE JOURNAL HISTORY: OLDER THAN THE RETENTION DAYS ON
      *    THE CARD GOES TO THE ARCHIVE, THE REST IS KEPT.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT PARM-FILE    ASSIGN TO PARMCARD.
           SELECT KEEP-FILE    ASSIGN TO KEEPDAYS.
           SELECT HISTORY-IN   ASSIGN TO HISTIN.
           SELECT HISTORY-OUT  ASSIGN TO HISTOUT.
           SELECT ARCHIVE-FILE ASSIGN TO ARCHIVE.
       DATA DIVISION.
       FILE SECTION.
       FD  PARM-FILE.
           COPY GLPARM.
       FD  KEEP-FILE.
       01  KD-RECORD.
           05  KD-DAYS                     PIC 9(05).
           05  FILLER                      PIC X(75).
       FD  HISTORY-IN.
           COPY GLJRNL REPLACING ==:TAG:== BY ==HI==.
       FD  HISTORY-OUT.
           COPY GLJRNL REPLACING ==:TAG:== BY ==HO==.
       FD  ARCHIVE-FILE.
           COPY GLJRNL REPLACING ==:TAG:== BY ==AR==.
       WORKING-STORAGE SECTION.
           COPY GLDATE.
       01  WS-EOF-SW                       PIC X(01) VALUE 'N'.
           88  WS-EOF                            VALUE 'Y'.
       01  WS-KEPT                         PIC 9(07) VALUE ZERO.
       01  WS-GONE                         PIC 9(07) VALUE ZERO.
       PROCEDURE DIVISION.
       0000-MAIN.
           OPEN INPUT PARM-FILE KEEP-FILE HISTORY-IN.
           OPEN OUTPUT HISTORY-OUT ARCHIVE-FILE.
           READ PARM-FILE AT END
               CALL 'GLSABND' USING 'GLB140  '
                   'NO PARAMETER CARD                       '.
           READ KEEP-FILE AT END
               MOVE 00540 TO KD-DAYS.
           PERFORM 1000-SPLIT THRU 1000-EXIT UNTIL WS-EOF.
           DISPLAY 'GLB140  KEPT ' WS-KEPT ' ARCHIVED ' WS-GONE.
           CLOSE PARM-FILE KEEP-FILE HISTORY-IN HISTORY-OUT
                 ARCHIVE-FILE.
           STOP RUN.
       1000-SPLIT.
           READ HISTORY-IN AT END
               MOVE 'Y' TO WS-EOF-SW
               GO TO 1000-EXIT.
           MOVE 'B' TO DT-FUNCTION.
           MOVE HI-EFF-DATE TO DT-DATE-1.
           MOVE PM-RUN-DATE TO DT-DATE-2.
           CALL 'GLSDATE' USING DT-AREA.
           IF DT-OK AND DT-DAYS > KD-DAYS
               WRITE AR-RECORD FROM HI-RECORD
               ADD 1 TO WS-GONE
           ELSE
               WRITE HO-RECORD FROM HI-RECORD
               ADD 1 TO WS-KEPT.
       1000-EXIT.
           EXIT.
