000100 IDENTIFICATION DIVISION.                                         GLO010
000200 PROGRAM-ID.    GLO010.                                           GLO010
000300 AUTHOR.        P LINDQVIST-DOYLE.                                GLO010
000400 DATE-WRITTEN.  JULY 2005.                                        GLO010
000500***************************************************************** GLO010
000600* TRANSACTION GL01: BALANCE OF AN ACCOUNT IN A BRANCH.          * GLO010
000700* READS THE COPY THAT JOB GLDAILY LOADS IN THE MORNING, SO IT   * GLO010
000800* SHOWS YESTERDAY.                                              * GLO010
000900* CICS ONLY, NEEDS THE TRANSLATOR.                              * GLO010
001000***************************************************************** GLO010
001100 ENVIRONMENT DIVISION.                                            GLO010
001200 DATA DIVISION.                                                   GLO010
001300 WORKING-STORAGE SECTION.                                         GLO010
001400     COPY GLMAST REPLACING ==:TAG:== BY ==GM==.                   GLO010
001500     COPY GLCOA  REPLACING ==:TAG:== BY ==CA==.                   GLO010
001600     COPY GLM010.                                                 GLO010
001700 01  WS-RESP                         PIC S9(08) COMP.             GLO010
001800 01  WS-KEY.                                                      GLO010
001900     05  WS-KEY-BRANCH               PIC 9(03).                   GLO010
002000     05  WS-KEY-ACCOUNT              PIC 9(08).                   GLO010
002100 01  WS-COMMAREA                     PIC X(11).                   GLO010
002200 LINKAGE SECTION.                                                 GLO010
002300 01  DFHCOMMAREA                     PIC X(11).                   GLO010
002400 PROCEDURE DIVISION.                                              GLO010
002500 0000-MAIN.                                                       GLO010
002600     IF EIBCALEN = ZERO                                           GLO010
002700         MOVE LOW-VALUES TO GLM010O                               GLO010
002800         EXEC CICS SEND MAP('GLM010') MAPSET('GLM010')            GLO010
002900             MAPONLY ERASE                                        GLO010
003000         END-EXEC                                                 GLO010
003100         GO TO 9000-RETURN.                                       GLO010
003200     EXEC CICS RECEIVE MAP('GLM010') MAPSET('GLM010')             GLO010
003300         INTO(GLM010I) RESP(WS-RESP)                              GLO010
003400     END-EXEC.                                                    GLO010
003500     MOVE BRANCHI TO WS-KEY-BRANCH.                               GLO010
003600     MOVE ACCTI TO WS-KEY-ACCOUNT.                                GLO010
003700     EXEC CICS READ FILE('GLMASTK') INTO(GM-RECORD)               GLO010
003800         RIDFLD(WS-KEY) RESP(WS-RESP)                             GLO010
003900     END-EXEC.                                                    GLO010
004000     IF WS-RESP NOT = DFHRESP(NORMAL)                             GLO010
004100         MOVE 'NO SUCH ACCOUNT' TO MSGO                           GLO010
004200         GO TO 5000-SEND.                                         GLO010
004300     MOVE GM-CURR-BAL TO BALO.                                    GLO010
004400     MOVE GM-LAST-POST TO POSTEDO.                                GLO010
004500     EXEC CICS READ FILE('GLCOAK') INTO(CA-RECORD)                GLO010
004600         RIDFLD(WS-KEY-ACCOUNT) RESP(WS-RESP)                     GLO010
004700     END-EXEC.                                                    GLO010
004800     IF WS-RESP = DFHRESP(NORMAL)                                 GLO010
004900         MOVE CA-NAME TO NAMEO.                                   GLO010
005000 5000-SEND.                                                       GLO010
005100     EXEC CICS SEND MAP('GLM010') MAPSET('GLM010')                GLO010
005200         FROM(GLM010O) DATAONLY                                   GLO010
005300     END-EXEC.                                                    GLO010
005400 9000-RETURN.                                                     GLO010
005500     EXEC CICS RETURN TRANSID('GL01') COMMAREA(WS-COMMAREA)       GLO010
005600         LENGTH(11)                                               GLO010
005700     END-EXEC.                                                    GLO010
