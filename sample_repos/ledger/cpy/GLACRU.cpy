000100*****************************************************************
000200* GLACRU  -  ACCRUAL MASTER, ONE PER DEPOSIT ACCOUNT  LRECL 100 *
000300*****************************************************************
000400 01  :TAG:-RECORD.
000500     05  :TAG:-KEY.
000600         10  :TAG:-BRANCH            PIC 9(03).
000700         10  :TAG:-ACCT-NO           PIC 9(10).
000800     05  :TAG:-PRODUCT               PIC X(03).
000900         88  :TAG:-DEMAND                  VALUE 'DDA'.
001000         88  :TAG:-SAVINGS                 VALUE 'SAV'.
001100         88  :TAG:-CERTIFICATE             VALUE 'CDS'.
001200     05  :TAG:-BALANCE               PIC S9(11)V99 COMP-3.
001300     05  :TAG:-RATE-CODE             PIC X(02).
001400     05  :TAG:-ACCRUED               PIC S9(09)V9(05) COMP-3.
001500     05  :TAG:-YTD-PAID              PIC S9(09)V99 COMP-3.
001600     05  :TAG:-LAST-ACCR             PIC 9(06).
001700     05  :TAG:-STATUS                PIC X(01).
001800         88  :TAG:-ACTIVE                  VALUE 'A'.
001900         88  :TAG:-DORMANT                 VALUE 'D'.
002000         88  :TAG:-GONE                    VALUE 'X'.
002100     05  FILLER                      PIC X(54).
