000100*****************************************************************
000200* GLFEED  -  FEEDS OF THE DEPOSIT AND LOAN SYSTEMS     LRECL 80 *
000300* LOANS CAME LATER (1994) AND USE THE SAME FILE WITH TYPE 'L'   *
000400*****************************************************************
000500 01  FD-RECORD.
000600     05  FD-TYPE                     PIC X(01).
000700         88  FD-HEADER                     VALUE 'H'.
000800         88  FD-DEPOSIT                    VALUE 'D'.
000900         88  FD-LOAN                       VALUE 'L'.
001000         88  FD-TRAILER                    VALUE 'T'.
001100     05  FD-BODY                     PIC X(79).
001200     05  FD-HEAD REDEFINES FD-BODY.
001300         10  FD-H-BATCH              PIC 9(05).
001400         10  FD-H-DATE               PIC 9(06).
001500         10  FILLER                  PIC X(68).
001600     05  FD-DEP REDEFINES FD-BODY.
001700         10  FD-D-BRANCH             PIC 9(03).
001800         10  FD-D-TELLER             PIC 9(04).
001900         10  FD-D-TRAN               PIC 9(03).
002000         10  FD-D-TRAN-R REDEFINES FD-D-TRAN.
002100             15  FD-D-TRAN-KIND      PIC 9(01).
002200             15  FD-D-TRAN-PROD      PIC 9(01).
002300             15  FILLER              PIC 9(01).
002400         10  FD-D-AMOUNT             PIC 9(09)V99.
002500         10  FD-D-DATE               PIC 9(06).
002600         10  FD-D-ACCT-NO            PIC 9(10).
002700         10  FD-D-NARR               PIC X(24).
002800         10  FILLER                  PIC X(18).
002900     05  FD-LN REDEFINES FD-BODY.
003000         10  FD-L-BRANCH             PIC 9(03).
003100         10  FD-L-LOAN-NO            PIC 9(08).
003200         10  FD-L-SEQ                PIC 9(04).
003300         10  FD-L-KIND               PIC X(01).
003400             88  FD-L-DISBURSE             VALUE 'B'.
003500             88  FD-L-PRINCIPAL            VALUE 'P'.
003600             88  FD-L-INTEREST             VALUE 'I'.
003700         10  FD-L-AMOUNT             PIC 9(09)V99.
003800         10  FD-L-DATE               PIC 9(06).
003900         10  FILLER                  PIC X(46).
004000     05  FD-TRL REDEFINES FD-BODY.
004100         10  FD-T-COUNT              PIC 9(07).
004200         10  FD-T-AMOUNT             PIC 9(11)V99.
004300         10  FILLER                  PIC X(59).
