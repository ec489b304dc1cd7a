000100 IDENTIFICATION DIVISION.                                         GLSCTL
000200 PROGRAM-ID.    GLSCTL.                                           GLSCTL
000300 AUTHOR.        R T CULLEN.                                       GLSCTL
000400 DATE-WRITTEN.  JUNE 1991.                                        GLSCTL
000500***************************************************************** GLSCTL
000600* APPENDS ONE CONTROL TOTAL TO CTLTOT AND SHOWS IT ON SYSOUT.   * GLSCTL
000700* EVERY JOB STEP HAS A DD CTLTOT WITH DISP=MOD. A STEP THAT IS  * GLSCTL
000800* RUN TWICE LEAVES ITS TOTALS TWICE, AUDIT KNOWS (GL-0417).     * GLSCTL
000900***************************************************************** GLSCTL
001000 ENVIRONMENT DIVISION.                                            GLSCTL
001100 INPUT-OUTPUT SECTION.                                            GLSCTL
001200 FILE-CONTROL.                                                    GLSCTL
001300     SELECT OPTIONAL CTLTOT-FILE ASSIGN TO CTLTOT                 GLSCTL
001400         FILE STATUS IS WS-STATUS.                                GLSCTL
001500 DATA DIVISION.                                                   GLSCTL
001600 FILE SECTION.                                                    GLSCTL
001700 FD  CTLTOT-FILE                                                  GLSCTL
001800     LABEL RECORDS ARE STANDARD                                   GLSCTL
001900     RECORD CONTAINS 80 CHARACTERS.                               GLSCTL
002000 01  CTLTOT-RECORD                   PIC X(80).                   GLSCTL
002100 WORKING-STORAGE SECTION.                                         GLSCTL
002200 01  WS-STATUS                       PIC X(02).                   GLSCTL
002300 LINKAGE SECTION.                                                 GLSCTL
002400     COPY GLCTLR.                                                 GLSCTL
002500 PROCEDURE DIVISION USING CT-RECORD.                              GLSCTL
002600 0000-CONTROL.                                                    GLSCTL
002700     OPEN EXTEND CTLTOT-FILE.                                     GLSCTL
002800     IF WS-STATUS NOT = '00' AND WS-STATUS NOT = '05'             GLSCTL
002900         DISPLAY 'GLSCTL  CTLTOT OPEN STATUS ' WS-STATUS          GLSCTL
003000         GO TO 0000-EXIT.                                         GLSCTL
003100     WRITE CTLTOT-RECORD FROM CT-RECORD.                          GLSCTL
003200     CLOSE CTLTOT-FILE.                                           GLSCTL
003300     DISPLAY CT-PROGRAM ' ' CT-LABEL ' COUNT ' CT-COUNT           GLSCTL
003400             ' DR ' CT-DEBIT ' CR ' CT-CREDIT.                    GLSCTL
003500 0000-EXIT.                                                       GLSCTL
003600     GOBACK.                                                      GLSCTL
