      *    PARAMETER CARD, FIRST RECORD OF DD PARMCARD
       01  PM-RECORD.
           05  PM-RUN-DATE                 PIC 9(06).
           05  PM-PERIOD                   PIC 9(04).
           05  PM-RUN-KIND                 PIC X(01).
               88  PM-DAILY                      VALUE 'D'.
               88  PM-MONTH-END                  VALUE 'M'.
               88  PM-YEAR-END                   VALUE 'Y'.
           05  PM-COMPANY                  PIC X(30).
           05  PM-RERUN                    PIC X(01).
               88  PM-IS-RERUN                   VALUE 'R'.
           05  FILLER                      PIC X(38).
