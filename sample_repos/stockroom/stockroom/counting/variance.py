"""Differences between count and book, and what to do with them."""
from stockroom import db, util
import sheets

ACCEPT_PERCENT = 2


def differences(sheet_no):
    """[(pence, line)], the most expensive first; sign as counted minus expected"""
    found = []
    for line in sheets.lines(sheet_no):
        if line.counted is None or line.counted == line.expected:
            continue
        cost = db.value('SELECT cost_pence FROM items WHERE sku = ?', line.sku) or 0
        found.append(((line.counted - line.expected) * cost, line))
    found.sort(lambda a, b: cmp(abs(b[0]), abs(a[0])) or cmp(a[1].sku, b[1].sku))
    return found


def ratio(line):
    """Whole percent of the expected quantity; Python cuts towards minus infinity, so a loss
    of 1 in 300 is -1% and a find of 1 in 300 is 0%. Accepted by the auditors (2011)."""
    if not line.expected:
        return 100
    return 100 * (line.counted - line.expected) / line.expected


def small(line):
    return abs(ratio(line)) <= ACCEPT_PERCENT


def post(sheet_no, login, force=0):
    """Books the small ones (all with force); returns (booked, left for a recount)"""
    booked, left = [], []
    for pence, line in differences(sheet_no):
        if force or small(line):
            # past the ledger functions: they refuse negative stock (ST-402)
            if not db.execute('UPDATE bin_stock SET qty = ? WHERE bin_code = ? AND sku = ?',
                              line.counted, line.bin_code, line.sku):
                db.insert('bin_stock', bin_code=line.bin_code, sku=line.sku, qty=line.counted)
            db.insert('stock_ledger', at=util.stamp(), sku=line.sku, bin_code=line.bin_code,
                      qty=line.counted - line.expected, reason='COUNT', reference=sheet_no, login=login)
            booked.append(line)
        else:
            left.append(line)
    if not left and not sheets.open_lines(sheet_no):
        db.execute("UPDATE count_sheets SET status = 'DONE' WHERE sheet_no = ?", sheet_no)
    return len(booked), len(left)


def accuracy(sheet_no):
    """Percent of the counted lines that were right"""
    counted = [l for l in sheets.lines(sheet_no) if l.counted is not None]
    right = filter(lambda l: l.counted == l.expected, counted)
    return util.percent(len(right), len(counted))


def spread(values):
    """(lowest, median, mean cut off, highest) of the differences"""
    values = filter(lambda v: v is not None, values)
    if not values:
        return None
    return min(values), util.middle(values), sum(values) / len(values), max(values)
