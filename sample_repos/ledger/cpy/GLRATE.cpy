      *    INTEREST RATES. METHOD IS THE NAME OF THE PROGRAM THAT
      *    CALCULATES, IT IS CALLED BY THAT NAME (SEE GLA010).
       01  RT-RECORD.
           05  RT-CODE                     PIC X(02).
           05  RT-EFF-DATE                 PIC 9(06).
           05  RT-METHOD                   PIC X(08).
           05  RT-TIER OCCURS 3.
               10  RT-LIMIT                PIC 9(09).
               10  RT-RATE                 PIC 9(02)V9(04).
           05  FILLER                      PIC X(19).
