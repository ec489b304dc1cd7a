      *    INTERFACE OF GLSDATE
       01  DT-AREA.
           05  DT-FUNCTION                 PIC X(01).
               88  DT-VALIDATE                   VALUE 'V'.
               88  DT-DAYS-BETWEEN               VALUE 'B'.
           05  DT-DATE-1                   PIC 9(06).
           05  DT-DATE-1-R REDEFINES DT-DATE-1.
               10  DT-1-YY                 PIC 9(02).
               10  DT-1-MM                 PIC 9(02).
               10  DT-1-DD                 PIC 9(02).
           05  DT-DATE-2                   PIC 9(06).
           05  DT-DAYS                     PIC S9(05) COMP-3.
           05  DT-RESULT                   PIC X(01).
               88  DT-OK                         VALUE '0'.
               88  DT-BAD                        VALUE '9'.
