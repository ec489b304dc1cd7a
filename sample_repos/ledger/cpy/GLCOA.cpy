      *    CHART OF ACCOUNTS                                  LRECL 80
       01  :TAG:-RECORD.
           05  :TAG:-ACCOUNT               PIC 9(08).
           05  :TAG:-NAME                  PIC X(30).
           05  :TAG:-TYPE                  PIC X(01).
               88  :TAG:-VALID-TYPE         VALUE 'A' 'L' 'Q' 'I' 'E'.
           05  :TAG:-STATUS                PIC X(01).
               88  :TAG:-OPEN                    VALUE 'O'.
               88  :TAG:-CLOSED                  VALUE 'C'.
           05  :TAG:-CALL-LINE             PIC 9(04).
           05  :TAG:-CLOSE-TO              PIC 9(08).
           05  :TAG:-LAST-CLOSE            PIC 9(04).
           05  :TAG:-OPENED                PIC 9(06).
           05  :TAG:-USER                  PIC X(08).
           05  FILLER                      PIC X(10).
