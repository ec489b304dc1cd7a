      *    SYMBOLIC MAP OF MAPSET GLM010, GENERATED, DO NOT EDIT
       01  GLM010I.
           05  FILLER                      PIC X(12).
           05  BRANCHL                     PIC S9(04) COMP.
           05  BRANCHF                     PIC X(01).
           05  BRANCHI                     PIC X(03).
           05  ACCTL                       PIC S9(04) COMP.
           05  ACCTF                       PIC X(01).
           05  ACCTI                       PIC X(08).
           05  FILLER                      PIC X(74).
       01  GLM010O REDEFINES GLM010I.
           05  FILLER                      PIC X(29).
           05  NAMEO                       PIC X(30).
           05  BALO                        PIC Z,ZZZ,ZZZ,ZZ9.99-.
           05  POSTEDO                     PIC 99/99/99.
           05  MSGO                        PIC X(19).
