000100*****************************************************************
000200* GLJRNL  -  JOURNAL RECORD, ALSO SUSPENSE AND HISTORY LRECL 120*
000300* THE SORT KEY IS COLUMNS 1 TO 17, SEE PROC GLPSORT             *
000400*****************************************************************
000500 01  :TAG:-RECORD.
000600     05  :TAG:-KEY.
000700         10  :TAG:-BRANCH            PIC 9(03).
000800         10  :TAG:-ACCOUNT           PIC 9(08).
000900     05  :TAG:-EFF-DATE              PIC 9(06).
001000     05  :TAG:-SOURCE                PIC X(03).
001100         88  :TAG:-FROM-DEPOSITS           VALUE 'DPS'.
001200         88  :TAG:-FROM-LOANS              VALUE 'LNS'.
001300         88  :TAG:-FROM-PAYABLES           VALUE 'APS'.
001400         88  :TAG:-FROM-ACCRUALS           VALUE 'ACR'.
001500         88  :TAG:-FROM-ALLOCATION         VALUE 'ALC'.
001600         88  :TAG:-FROM-REENTRY            VALUE 'RNT'.
001700     05  :TAG:-BATCH-NO              PIC 9(05).
001800     05  :TAG:-SEQ-NO                PIC 9(05).
001900     05  :TAG:-DRCR                  PIC X(01).
002000         88  :TAG:-DEBIT                   VALUE 'D'.
002100         88  :TAG:-CREDIT                  VALUE 'C'.
002200     05  :TAG:-AMOUNT                PIC S9(11)V99 COMP-3.
002300     05  :TAG:-DESCR                 PIC X(30).
002400     05  :TAG:-REF                   PIC X(12).
002500     05  :TAG:-LOAN-REF REDEFINES :TAG:-REF.
002600         10  :TAG:-LOAN-NO           PIC 9(08).
002700         10  :TAG:-LOAN-SEQ          PIC 9(04).
002800     05  :TAG:-STATUS                PIC X(01).
002900         88  :TAG:-NEW                     VALUE 'N'.
003000         88  :TAG:-ACCEPTED                VALUE 'A'.
003100         88  :TAG:-SUSPENDED               VALUE 'S'.
003200         88  :TAG:-POSTED                  VALUE 'P'.
003300     05  :TAG:-ERR-CODE              PIC X(04).
003400     05  FILLER                      PIC X(35).
