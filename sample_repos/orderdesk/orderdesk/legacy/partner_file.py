# Norfreight interface, record layout version 3 (fax from 12/05/2009, in the blue folder)
#
#   H  header   type(1) customer(8) date(8) seq(4)
#   S  shipment type(1) delivery no(12) name(35) street(35) city(30) postcode(10)
#               country(2) parcels(4) weight kg with 1 decimal, no point(7) reference(12)
#   T  trailer  type(1) number of S records(6) total parcels(6)
#
#   return file, one R per delivery:
#   R  type(1) delivery no(12) tracking(20) code(2) date(8)
#               codes: 01 accepted  10 delivered  30 refused/returned

REC_S = [
    ("delivery_no", 12, "L"),
    ("name", 35, "L"),
    ("street", 35, "L"),
    ("city", 30, "L"),
    ("postcode", 10, "L"),
    ("country", 2, "L"),
    ("parcels", 4, "N"),
    ("weight", 7, "N"),
    ("reference", 12, "L"),
]

REC_R = [("delivery_no", 12), ("tracking", 20), ("code", 2), ("date", 8)]

LEN_S = 1 + sum(w for _n, w, _k in REC_S)
LEN_R = 1 + sum(w for _n, w in REC_R)

CODE_STATUS = {"01": "SENT", "10": "DLVD", "30": "RETN"}


class PartnerFileError(Exception):
    pass


def fix(value, width, kind="L"):
    """fixed width field; they only take latin-1 upper case (OD-269, Muenchen)"""
    if kind == "N":
        s = str(int(value or 0)).rjust(width, "0")
        if len(s) > width:
            raise PartnerFileError("number too big: %r" % value)
        return s
    s = str(value or "").upper()
    s = s.encode("latin-1", "replace").decode("latin-1")
    s = s.replace("\r", " ").replace("\n", " ").replace("\t", " ")
    return s[:width].ljust(width)


def weightField(grams):
    # kg with one decimal, rounded up - they charge for it otherwise
    return (int(grams or 0) + 99) // 100


def header(customer, day, seq):
    return "H" + fix(customer, 8) + day.strftime("%Y%m%d") + fix(seq, 4, "N")


def shipmentRecord(row):
    out = "S"
    for name, width, kind in REC_S:
        v = row.get(name)
        if name == "weight":
            v = weightField(row.get("weight_g"))
        out += fix(v, width, kind)
    if len(out) != LEN_S:
        raise PartnerFileError("record length %d" % len(out))
    return out


def trailer(count, parcels):
    return "T" + fix(count, 6, "N") + fix(parcels, 6, "N")


def buildFile(customer, day, seq, rows):
    lines = [header(customer, day, seq)]
    parcels = 0
    for row in rows:
        lines.append(shipmentRecord(row))
        parcels += int(row.get("parcels") or 0)
    lines.append(trailer(len(rows), parcels))
    return "\r\n".join(lines) + "\r\n"


def parseReturn(data):
    """list of dicts. Anything that is not an R record is skipped, they put banners in."""
    out = []
    for n, line in enumerate(data.splitlines(), 1):
        if not line.startswith("R"):
            continue
        if len(line) < LEN_R:
            raise PartnerFileError("line %d: %d characters instead of %d" % (n, len(line), LEN_R))
        rec, pos = {}, 1
        for name, width in REC_R:
            rec[name] = line[pos:pos + width].strip()
            pos += width
        if rec["code"] not in CODE_STATUS:
            raise PartnerFileError("line %d: code %r" % (n, rec["code"]))
        rec["status"] = CODE_STATUS[rec["code"]]
        out.append(rec)
    return out
