000100*    PAYMENT                                           LRECL 120
000200 01  :TAG:-RECORD.
000300     05  :TAG:-PAYMENT-NO            PIC 9(07).
000400     05  :TAG:-VENDOR                PIC 9(06).
000500     05  :TAG:-INVOICE               PIC X(10).
000600     05  :TAG:-BRANCH                PIC 9(03).
000700     05  :TAG:-AMOUNT                PIC S9(09)V99 COMP-3.
000800     05  :TAG:-PAY-DATE              PIC 9(06).
000900     05  :TAG:-STATUS                PIC X(01).
001000         88  :TAG:-SELECTED                VALUE 'S'.
001100         88  :TAG:-SENT                    VALUE 'T'.
001200         88  :TAG:-BOUNCED                 VALUE 'B'.
001300     05  :TAG:-VENDOR-NAME           PIC X(22).
001400     05  :TAG:-ROUTING               PIC 9(09).
001500     05  :TAG:-BANK-ACCT             PIC X(17).
001600     05  :TAG:-TRACE                 PIC 9(15).
001700     05  FILLER                      PIC X(18).
