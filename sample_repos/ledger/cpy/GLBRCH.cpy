      *    BRANCH TABLE, RELATIVE FILE, SLOT = BRANCH NUMBER  LRECL 80
       01  BR-RECORD.
           05  BR-NUMBER                   PIC 9(03).
           05  BR-NAME                     PIC X(25).
           05  BR-REGION                   PIC X(02).
           05  BR-STATUS                   PIC X(01).
               88  BR-ACTIVE                     VALUE 'A'.
               88  BR-CLOSED                     VALUE 'C'.
           05  BR-ALLOC-PCT                PIC 9(03)V99.
           05  BR-OPENED                   PIC 9(06).
           05  FILLER                      PIC X(38).
