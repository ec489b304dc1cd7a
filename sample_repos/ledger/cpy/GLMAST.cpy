000100*****************************************************************
000200* GLMAST  -  GENERAL LEDGER MASTER RECORD             LRECL 150 *
000300* ONE RECORD PER BRANCH AND ACCOUNT, ASCENDING BY KEY           *
000400* COPY GLMAST REPLACING ==:TAG:== BY ==XX==.                    *
000500*****************************************************************
000600 01  :TAG:-RECORD.
000700     05  :TAG:-KEY.
000800         10  :TAG:-BRANCH            PIC 9(03).
000900         10  :TAG:-ACCOUNT           PIC 9(08).
001000         10  :TAG:-ACCOUNT-R REDEFINES :TAG:-ACCOUNT.
001100             15  :TAG:-ACCT-CLASS    PIC 9(01).
001200             15  :TAG:-ACCT-BASE     PIC 9(06).
001300             15  :TAG:-ACCT-CHECK    PIC 9(01).
001400     05  :TAG:-TYPE                  PIC X(01).
001500         88  :TAG:-ASSET                   VALUE 'A'.
001600         88  :TAG:-LIABILITY               VALUE 'L'.
001700         88  :TAG:-EQUITY                  VALUE 'Q'.
001800         88  :TAG:-INCOME                  VALUE 'I'.
001900         88  :TAG:-EXPENSE                 VALUE 'E'.
002000         88  :TAG:-DEBIT-NORMAL            VALUE 'A' 'E'.
002100         88  :TAG:-PROFIT-LOSS             VALUE 'I' 'E'.
002200     05  :TAG:-STATUS                PIC X(01).
002300         88  :TAG:-OPEN                    VALUE 'O'.
002400         88  :TAG:-CLOSED                  VALUE 'C'.
002500     05  :TAG:-OPEN-BAL              PIC S9(11)V99 COMP-3.
002600     05  :TAG:-PERIOD-DR             PIC S9(11)V99 COMP-3.
002700     05  :TAG:-PERIOD-CR             PIC S9(11)V99 COMP-3.
002800     05  :TAG:-YTD-DR                PIC S9(11)V99 COMP-3.
002900     05  :TAG:-YTD-CR                PIC S9(11)V99 COMP-3.
003000     05  :TAG:-CURR-BAL              PIC S9(11)V99 COMP-3.
003100     05  :TAG:-LAST-POST             PIC 9(06).
003200     05  :TAG:-POST-COUNT            PIC S9(07) COMP-3.
003300     05  :TAG:-LAST-PERIOD           PIC 9(04).
003400*    BUDGET WAS NEVER FILLED, PLANNING USES A SPREADSHEET
003500     05  :TAG:-BUDGET                PIC S9(05) COMP-3 OCCURS 12.
003600     05  FILLER                      PIC X(45).
