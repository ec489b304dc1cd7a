000100*****************************************************************
000200* GLINVC  -  VENDOR INVOICE                           LRECL 120 *
000300*****************************************************************
000400 01  :TAG:-RECORD.
000500     05  :TAG:-KEY.
000600         10  :TAG:-VENDOR            PIC 9(06).
000700         10  :TAG:-INVOICE           PIC X(10).
000800     05  :TAG:-BRANCH                PIC 9(03).
000900     05  :TAG:-EXP-ACCOUNT           PIC 9(08).
001000     05  :TAG:-AMOUNT                PIC S9(09)V99 COMP-3.
001100     05  :TAG:-DUE-DATE              PIC 9(06).
001200     05  :TAG:-STATUS                PIC X(01).
001300         88  :TAG:-IS-OPEN                 VALUE 'O'.
001400         88  :TAG:-ON-HOLD                 VALUE 'H'.
001500         88  :TAG:-PAID                    VALUE 'P'.
001600         88  :TAG:-RETURNED                VALUE 'R'.
001700     05  :TAG:-VENDOR-NAME           PIC X(22).
001800     05  :TAG:-ROUTING               PIC 9(09).
001900     05  :TAG:-BANK-ACCT             PIC X(17).
002000     05  :TAG:-PAYMENT-NO            PIC 9(07).
002100     05  FILLER                      PIC X(25).
