"""Changes that keep what code does, on the samples' well-tested functions: each a file and the passages exchanged in it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GOOD_CHANGES", "GoodChange"]


@dataclass(frozen=True)
class GoodChange:
    """``passages`` are (old, new), each old one standing exactly once in the file."""

    kind: str
    path: str
    passages: tuple[tuple[str, str], ...]

    def apply(self, text: str) -> str:
        for old, new in self.passages:
            if text.count(old) != 1:
                raise ValueError(f"{self.path}: {old!r} stands there {text.count(old)} times")
            text = text.replace(old, new)
        return text


UTILS = "orderdesk/utils.py"
INVOICING = "orderdesk/services/invoicing.py"

GOOD_CHANGES: tuple[GoodChange, ...] = (
    GoodChange("local renamed", UTILS, ((
        """    v = round2(value)
    txt = "{:,.2f}".format(abs(v))
    if symbol:
        txt = u"\\u00a3" + txt
    if v < 0:
        txt = "(" + txt + ")"
    return txt
""", """    v = round2(value)
    shown = "{:,.2f}".format(abs(v))
    if symbol:
        shown = u"\\u00a3" + shown
    if v < 0:
        shown = "(" + shown + ")"
    return shown
"""),)),
    GoodChange("variable extracted", UTILS, ((
        """    nxt = (d.replace(day=28) + timedelta(days=4)).replace(day=1)
""", """    later = d.replace(day=28) + timedelta(days=4)
    nxt = later.replace(day=1)
"""),)),
    GoodChange("variable inlined", UTILS, ((
        """    d = Decimal(repr(float(value))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return float(d)
""", """    return float(Decimal(repr(float(value))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
"""),)),
    GoodChange("independent statements exchanged", INVOICING, ((
        """    inv.net = round2(sum(tl.net for tl in tax_lines))
    inv.tax = round2(sum(tl.tax for tl in tax_lines))
""", """    inv.tax = round2(sum(tl.tax for tl in tax_lines))
    inv.net = round2(sum(tl.net for tl in tax_lines))
"""),)),
    GoodChange("if and else exchanged", UTILS, ((
        """    if v < 0:
        s = s + "-"
    else:
        s = s + " "
""", """    if not v < 0:
        s = s + " "
    else:
        s = s + "-"
"""),)),
    GoodChange("generator to loop", INVOICING, ((
        """    inv.net = round2(sum(tl.net for tl in tax_lines))
""", """    goods = 0
    for tl in tax_lines:
        goods += tl.net
    inv.net = round2(goods)
"""),)),
    GoodChange("f-string", UTILS, ((
        """    line = "%s %s\\n" % (now().strftime("%Y-%m-%d %H:%M:%S"), text)
""", """    line = f"{now().strftime('%Y-%m-%d %H:%M:%S')} {text}\\n"
"""),)),
    GoodChange("f-string with a format", UTILS, ((
        """    s = "%.2f" % abs(v)
""", """    s = f"{abs(v):.2f}"
"""),)),
    GoodChange("augmented assignment", UTILS, ((
        """        d = d + timedelta(days=1)
        if d.weekday() < 5:
""", """        d += timedelta(days=1)
        if d.weekday() < 5:
"""),)),
    GoodChange("chain to loop", UTILS, ((
        """    s = str(txt).strip().replace(u"\\u00a3", "").replace(",", "").replace(" ", "")
""", """    s = str(txt).strip()
    for sign in (u"\\u00a3", ",", " "):
        s = s.replace(sign, "")
"""),)),
)  # fmt: skip
