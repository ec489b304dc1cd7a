      *    REPORT HEADINGS, 133 BYTES WITH ASA CONTROL CHARACTER
       01  HD-LINE-1.
           05  FILLER                      PIC X(01) VALUE '1'.
           05  HD-COMPANY                  PIC X(30).
           05  FILLER                      PIC X(15) VALUE SPACES.
           05  HD-TITLE                    PIC X(40) VALUE REPORT-TITLE.
           05  FILLER                      PIC X(10) VALUE SPACES.
           05  FILLER                      PIC X(09) VALUE 'RUN DATE '.
           05  HD-DATE                     PIC 99/99/99.
           05  FILLER                      PIC X(06) VALUE '  PAGE'.
           05  HD-PAGE                     PIC ZZZ9.
           05  FILLER                      PIC X(10) VALUE SPACES.
       01  HD-LINE-2.
           05  FILLER                      PIC X(01) VALUE '0'.
           05  FILLER                      PIC X(08) VALUE 'REPORT  '.
           05  FILLER                      PIC X(08) VALUE REPORT-ID.
           05  FILLER                      PIC X(116) VALUE SPACES.
