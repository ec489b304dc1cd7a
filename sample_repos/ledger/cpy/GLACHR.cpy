000100*****************************************************************
000200* GLACHR  -  CLEARING FILE OF MIDSTATE TRUST, 94 BYTES          *
000300* LAYOUT IS THEIRS (MT-CL-07, 1998). DO NOT CHANGE.             *
000400*****************************************************************
000500 01  ACH-RECORD.
000600     05  ACH-TYPE                    PIC X(01).
000700         88  ACH-FILE-HEADER               VALUE '1'.
000800         88  ACH-BATCH-HEADER              VALUE '5'.
000900         88  ACH-ENTRY                     VALUE '6'.
001000         88  ACH-BATCH-TRAILER             VALUE '8'.
001100         88  ACH-FILE-TRAILER              VALUE '9'.
001200     05  ACH-BODY                    PIC X(93).
001300     05  ACH-1 REDEFINES ACH-BODY.
001400         10  ACH-1-DEST              PIC X(10).
001500         10  ACH-1-ORIGIN            PIC X(10).
001600         10  ACH-1-DATE              PIC 9(06).
001700         10  ACH-1-NAME              PIC X(23).
001800         10  FILLER                  PIC X(44).
001900     05  ACH-5 REDEFINES ACH-BODY.
002000         10  ACH-5-CLASS             PIC X(03).
002100         10  ACH-5-COMPANY           PIC X(16).
002200         10  ACH-5-DATE              PIC 9(06).
002300         10  ACH-5-BATCH             PIC 9(07).
002400         10  FILLER                  PIC X(61).
002500     05  ACH-6 REDEFINES ACH-BODY.
002600         10  ACH-6-TRAN              PIC 9(02).
002700         10  ACH-6-ROUTING           PIC 9(09).
002800         10  ACH-6-BANK-ACCT         PIC X(17).
002900         10  ACH-6-AMOUNT            PIC 9(08)V99.
003000         10  ACH-6-ID                PIC X(15).
003100         10  ACH-6-NAME              PIC X(22).
003200         10  ACH-6-RETURN            PIC X(03).
003300         10  ACH-6-TRACE             PIC 9(15).
003400     05  ACH-8 REDEFINES ACH-BODY.
003500         10  ACH-8-COUNT             PIC 9(06).
003600         10  ACH-8-HASH              PIC 9(10).
003700         10  ACH-8-CREDIT            PIC 9(10)V99.
003800         10  FILLER                  PIC X(65).
003900     05  ACH-9 REDEFINES ACH-BODY.
004000         10  ACH-9-BATCHES           PIC 9(06).
004100         10  ACH-9-COUNT             PIC 9(08).
004200         10  ACH-9-HASH              PIC 9(10).
004300         10  ACH-9-CREDIT            PIC 9(10)V99.
004400         10  FILLER                  PIC X(57).
