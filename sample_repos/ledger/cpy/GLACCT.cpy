      *    ACCOUNTS THAT PROGRAMS KNOW BY NUMBER. A NEW ONE NEEDS A
      *    RECOMPILE OF GLB010, GLA010, GLA020, GLP010, GLP030.
       01  AN-ACCOUNTS.
           05  AN-CASH                     PIC 9(08) VALUE 10100105.
           05  AN-DUE-FROM                 PIC 9(08) VALUE 10200103.
           05  AN-LOANS                    PIC 9(08) VALUE 13100102.
           05  AN-DEMAND                   PIC 9(08) VALUE 20100103.
           05  AN-SAVINGS                  PIC 9(08) VALUE 20200101.
           05  AN-INT-PAYABLE              PIC 9(08) VALUE 21100102.
           05  AN-PAYABLES                 PIC 9(08) VALUE 22100101.
           05  AN-LOAN-INCOME              PIC 9(08) VALUE 40100109.
           05  AN-FEE-INCOME               PIC 9(08) VALUE 41100108.
           05  AN-INT-EXPENSE              PIC 9(08) VALUE 50100106.
           05  AN-HO-CHARGE                PIC 9(08) VALUE 53100103.
           05  AN-HO-RECOVERY              PIC 9(08) VALUE 42100107.
