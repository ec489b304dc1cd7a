#!/bin/sh
# Compiles the batch programs with GnuCOBOL and runs two nights, a month end and
# a year end on the files in checks/data, in a temporary folder. Output is TAP.
#
#   ./check.sh        exit code 0 when everything is as in checks/expected
#   ./check.sh -u     writes checks/expected anew (look at the difference!)
#
# The GLO programs need the CICS translator and are not compiled here.
HERE=$(cd "$(dirname "$0")" && pwd)
UPDATE=no
[ "$1" = "-u" ] && UPDATE=yes

command -v cobc >/dev/null 2>&1 || { echo "1..0 # SKIP cobc (GnuCOBOL) is not installed"; exit 0; }
command -v perl >/dev/null 2>&1 || { echo "1..0 # SKIP perl is not installed"; exit 0; }

W=$(mktemp -d) || exit 2
trap 'rm -rf "$W"' EXIT INT TERM
mkdir "$W/load" "$W/d"
COB_LIBRARY_PATH=$W/load
LC_ALL=C
export COB_LIBRARY_PATH LC_ALL
N=0
FAILED=0

# verdict NAME CODE: one line of the protocol
verdict() {
  N=$((N + 1))
  if [ "$2" -eq 0 ]; then
    echo "ok $N - $1"
  else
    echo "not ok $N - $1"
    FAILED=$((FAILED + 1))
    [ -s "$W/why" ] && sed 's/^/# /' "$W/why" | head -20
  fi
  : >"$W/why"
}

# cards LRECL FILE: a text file as fixed records on standard output
cards() { perl -ne 'BEGIN { $n = shift } chomp; printf "%-${n}s", $_' "$1" "$HERE/checks/data/$2"; }

# lines LRECL FILE: fixed records as text
lines() { fold -b -w "$1" "$2" | sed -e 's/ *$//' -e '$a\'; }

# run NAME CODE PROGRAM DD=FILE...: one step, CODE is the condition code it must end with
run() {
  name=$1 want=$2 program=$3
  shift 3
  set -- $(for dd in "$@"; do echo "DD_${dd%%=*}=$W/d/${dd#*=}"; done)
  env "$@" "DD_CTLTOT=$W/d/ctltot" "DD_SORTWK01=$W/d/sortwk" "$W/load/$program" >"$W/out" 2>&1
  got=$?
  cat "$W/out" >>"$W/sysout"
  echo "$program ended with $got, expected $want" >"$W/why"
  cat "$W/out" >>"$W/why"
  [ "$got" -eq "$want" ]
  verdict "$name" $?
}

# same NAME LRECL FILE: a file as in checks/expected/FILE.txt
same() {
  expected=$HERE/checks/expected/$3.txt
  lines "$2" "$W/d/$3" >"$W/text"
  [ $UPDATE = yes ] && cp "$W/text" "$expected"
  diff "$expected" "$W/text" >"$W/why" 2>&1
  verdict "$1" $?
}

# sort_step: SORT FIELDS=(1,17,CH,A),EQUALS of records of 120
sort_step() {
  perl -e 'local $/; $_ = <STDIN>; my @r = unpack("(a120)*", $_);
    print sort { substr($a, 0, 17) cmp substr($b, 0, 17) } @r' <"$W/d/$1" >"$W/d/$2"
}

# records LRECL FILE
records() { echo $(($(wc -c <"$W/d/$2") / $1)); }

# ---------------------------------------------------------------- compile
echo "TAP version 13"
for source in "$HERE"/cbl/*.cbl; do
  program=$(basename "$source" .cbl)
  case $program in
    GLO*) continue ;;
    GLS* | GLIRT*) how="-m" module=.so ;;
    *) how="-x" module= ;;
  esac
  (cd "$W" && cobc $how -std=ibm -fixed -I "$HERE/cpy" -o "$W/load/$program$module" "$source") >"$W/why" 2>&1
  verdict "compile $program" $?
done
[ $FAILED -eq 0 ] || { echo "1..$N"; exit 1; }

# ---------------------------------------------------------------- files
for f in parm1 parm2 parmm parmy parmr branch coacards1 coacards2 feed1 feed2 feedbad \
  balance1 balance2 rates invoices alloc correct keep; do
  cards 80 $f.txt >"$W/d/$f"
done
: >"$W/d/empty"

# ---------------------------------------------------------------- chart and branches
run "branch table is loaded" 0 GLC030 BRCARDS=branch BRANCH=branches
run "chart of accounts is set up" 0 GLC010 COACARDS=coacards1 COAIN=none COAOUT=coa1 COARPT=coarpt1
run "chart maintenance reports errors" 4 GLC010 COACARDS=coacards2 COAIN=coa1 COAOUT=coa2 COARPT=coarpt
same "chart maintenance listing" 133 coarpt
run "chart is listed" 0 GLC020 PARMCARD=parm1 COAIN=coa2 COALIST=coalist
same "chart listing" 133 coalist

# ---------------------------------------------------------------- first night
run "invoices are entered" 4 GLP005 INVCARDS=invoices INVIN=none INVOUT=inv1
run "payments are selected" 0 GLP010 PARMCARD=parm1 INVIN=inv1 INVOUT=inv2 PAYOUT=pay1 JRNLOUT=pending1 PAYRPT=payrpt
same "payment register" 133 payrpt
run "clearing file is written" 0 GLP020 PARMCARD=parm1 PAYIN=pay1 PAYOUT=pay2 ACHOUT=achout
same "clearing file" 94 achout
run "feeds are converted" 0 GLB010 PARMCARD=parm1 FEEDIN=feed1 JRNLOUT=pending1
run "first balances are taken" 0 GLA005 DPSBAL=balance1 ACMSTI=none ACMSTO=ac1
run "first accrual has no days" 0 GLA010 PARMCARD=parm1 RATES=rates ACMSTI=ac1 ACMSTO=ac2 JRNLOUT=pending1 ACCRPT=accrpt1
run "edit is out of balance" 4 GLB020 PARMCARD=parm1 COAIN=coa2 BRANCH=branches JRNLIN=pending1 JRNLACC=accept1 SUSPENSE=susp1
sort_step accept1 sorted1
run "unsorted journals stop the posting" 16 GLB110 PARMCARD=parm1 COAIN=coa2 GLMSTI=empty GLMSTO=gmx JRNLIN=accept1 HISTORY=histx SUSPENSE=suspx
run "first night is posted" 4 GLB110 PARMCARD=parm1 COAIN=coa2 GLMSTI=empty GLMSTO=gm1 JRNLIN=sorted1 HISTORY=hist SUSPENSE=susp1
run "trial balance does not prove" 4 GLR010 PARMCARD=parm1 COAIN=coa2 GLMSTI=gm1 TRIALBAL=trialbal1
same "trial balance of the first night" 133 trialbal1

# ---------------------------------------------------------------- second night
run "suspense is re-entered" 0 GLB030 PARMCARD=parm2 CORRECTN=correct SUSPIN=susp1 SUSPOUT=susp2 JRNLOUT=pending2 SUSPRPT=susprpt
same "suspense report" 133 susprpt
run "feed with a bad trailer is refused" 8 GLB010 PARMCARD=parm2 FEEDIN=feedbad JRNLOUT=pendingx
test "$(records 120 pendingx)" -eq 2
verdict "refused feed leaves its journals behind" $?
run "feeds of the second night" 0 GLB010 PARMCARD=parm2 FEEDIN=feed2 JRNLOUT=pending2
run "second balances are taken" 0 GLA005 DPSBAL=balance2 ACMSTI=ac2 ACMSTO=ac3
run "interest is accrued over a leap day" 0 GLA010 PARMCARD=parm2 RATES=rates ACMSTI=ac3 ACMSTO=ac4 JRNLOUT=pending2 ACCRPT=accrpt
same "accrual register" 133 accrpt
run "edit has the other side of the re-entry" 4 GLB020 PARMCARD=parm2 COAIN=coa2 BRANCH=branches JRNLIN=pending2 JRNLACC=accept2 SUSPENSE=susp2
sort_step accept2 sorted2
cp "$W/d/hist" "$W/d/histrerun"
run "second night proves" 0 GLB110 PARMCARD=parm2 COAIN=coa2 GLMSTI=gm1 GLMSTO=gm2 JRNLIN=sorted2 HISTORY=hist SUSPENSE=susp2
run "trial balance proves" 0 GLR010 PARMCARD=parm2 COAIN=coa2 GLMSTI=gm2 TRIALBAL=trialbal2
same "trial balance of the second night" 133 trialbal2
before=$(records 120 histrerun)
run "rerun card" 0 GLB110 PARMCARD=parmr COAIN=coa2 GLMSTI=gm1 GLMSTO=gmr JRNLIN=sorted2 HISTORY=histrerun SUSPENSE=suspx
cmp -s "$W/d/gm2" "$W/d/gmr" && test "$before" -eq "$(records 120 histrerun)"
verdict "rerun makes the same master and no history" $?
run "cash position of the dead report" 0 GLR040 GLMSTI=gm2

# ---------------------------------------------------------------- returns of the bank
perl -pe 's/^(6.{75})   (084207730000002)/$1R03$2/' "$HERE/checks/expected/achout.txt" |
  perl -ne 'chomp; printf "%-94s", $_' >"$W/d/achret"
run "return of the bank is matched" 0 GLP030 PARMCARD=parm2 ACHRET=achret PAYIN=pay2 PAYOUT=pay3 INVIN=inv2 INVOUT=inv3 JRNLOUT=pending3
test "$(records 120 pending3)" -eq 2
verdict "returned payment has its journals" $?

# ---------------------------------------------------------------- month end
run "head office cost is allocated" 0 GLB120 PARMCARD=parmm ALLOCRD=alloc BRANCH=branches JRNLOUT=pending3
run "month end edit" 0 GLB020 PARMCARD=parmm COAIN=coa2 BRANCH=branches JRNLIN=pending3 JRNLACC=accept3 SUSPENSE=susp2
sort_step accept3 sorted3
run "month end posting" 0 GLB110 PARMCARD=parmm COAIN=coa2 GLMSTI=gm2 GLMSTO=gm3 JRNLIN=sorted3 HISTORY=hist SUSPENSE=susp2
run "interest is credited past the journals" 0 GLA020 PARMCARD=parmm ACMSTI=ac4 ACMSTO=ac5 GLMSTI=gm3 GLMSTO=gm4 DPSCRED=dpscred
same "credits for the deposit system" 80 dpscred
run "profit and loss" 0 GLR020 PARMCARD=parmm GLMSTI=gm4 BRANCH=branches PLRPT=plrpt
same "profit and loss by branch" 133 plrpt
run "close refuses a daily card" 16 GLB130 PARMCARD=parm2 COAIN=coa2 COAOUT=coax GLMSTI=gm4 GLMSTO=gmx
run "month is closed" 0 GLB130 PARMCARD=parmm COAIN=coa2 COAOUT=coa3 GLMSTI=gm4 GLMSTO=gm5
run "call report" 0 GLR030 PARMCARD=parmm GLMSTI=gm5 COAIN=coa3 ACMSTI=ac5 PAYIN=pay3 CALLRPT=callrpt REGOUT=regout
same "call report by line" 133 callrpt
same "file for the commission" 80 regout

# ---------------------------------------------------------------- year end, history
run "year is closed" 0 GLB130 PARMCARD=parmy COAIN=coa3 COAOUT=coa4 GLMSTI=gm5 GLMSTO=gm6
run "trial balance of the new year proves" 0 GLR010 PARMCARD=parmy COAIN=coa4 GLMSTI=gm6 TRIALBAL=trialbaly
same "trial balance of the new year" 133 trialbaly
run "history is split" 0 GLB140 PARMCARD=parmy KEEPDAYS=keep HISTIN=hist HISTOUT=histnew ARCHIVE=archive
test "$(records 120 hist)" -eq $(($(records 120 histnew) + $(records 120 archive)))
verdict "no journal is lost in the split" $?
same "control totals" 80 ctltot

echo "1..$N"
[ $FAILED -eq 0 ]
