      *    CONTROL TOTALS, PASSED TO GLSCTL AND WRITTEN BY IT LRECL 80
       01  CT-RECORD.
           05  CT-RUN-DATE                 PIC 9(06).
           05  CT-PROGRAM                  PIC X(08).
           05  CT-LABEL                    PIC X(12).
           05  CT-COUNT                    PIC 9(09).
           05  CT-DEBIT                    PIC 9(11)V99.
           05  CT-CREDIT                   PIC 9(11)V99.
           05  CT-HASH                     PIC 9(15).
           05  FILLER                      PIC X(04).
