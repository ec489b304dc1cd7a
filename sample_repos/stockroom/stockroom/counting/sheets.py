"""Count sheets: a zone, bin by bin. The counter does not see what we expect."""
from stockroom import db, util
from stockroom.stock import locations

BINS_PER_SHEET = 40


class CountError(Exception):
    pass


def open_sheet(zone, counter=None, bins=None):
    if db.value("SELECT COUNT(*) FROM count_sheets WHERE zone = ? AND status = 'OPEN'", zone):
        raise CountError, 'zone %s is being counted' % zone
    sheet_no = db.next_number('count', 'C')
    db.insert('count_sheets', sheet_no=sheet_no, zone=zone, counter=counter, opened_at=util.stamp())
    codes = bins or [b.code for b in locations.listing(zone)]
    for code in codes[:BINS_PER_SHEET]:
        for r in db.query('SELECT sku, qty FROM bin_stock WHERE bin_code = ? ORDER BY sku', code):
            db.insert('count_lines', sheet_no=sheet_no, bin_code=code, sku=r.sku, expected=r.qty)
    return sheet_no


def lines(sheet_no):
    return db.query('SELECT * FROM count_lines WHERE sheet_no = ? ORDER BY id', sheet_no)


def enter(sheet_no, bin_code, sku, counted):
    n = db.execute('UPDATE count_lines SET counted = ? WHERE sheet_no = ? AND bin_code = ? AND sku = ?',
                   counted, sheet_no, bin_code, sku)
    if not n:
        # found something that should not be there
        db.insert('count_lines', sheet_no=sheet_no, bin_code=bin_code, sku=sku, expected=0, counted=counted)


def parse_entry(text):
    """'A-01-02 AB-1 12' per line, as the old terminals send it; # is a comment"""
    entries = []
    for n, line in enumerate(text.splitlines()):
        line = line.split('#')[0].strip()
        if not line:
            continue
        parts = line.split()
        try:
            code, sku, qty = parts
            entries.append((code.upper(), sku.upper(), int(qty)))
        except ValueError, e:
            raise CountError, 'line %d: %s' % (n + 1, `line`)
    return entries


def open_lines(sheet_no):
    return [l for l in lines(sheet_no) if l.counted is None]


def progress(sheet_no):
    all = lines(sheet_no)
    return util.percent(len(all) - len(open_lines(sheet_no)), len(all))


def due(days=90):
    """Bins by last count: never counted first (None), then the oldest"""
    rows = db.query('SELECT b.code, MAX(s.opened_at) AS last FROM bins b '
                    'LEFT JOIN count_lines l ON l.bin_code = b.code AND l.counted IS NOT NULL '
                    'LEFT JOIN count_sheets s ON s.sheet_no = l.sheet_no GROUP BY b.code')
    limit = util.add_days(util.today(), -days)
    rows = [r for r in rows if r.last is None or r.last < limit]
    rows.sort(lambda a, b: cmp(a.last, b.last) or util.natural_cmp(a.code, b.code))
    return [r.code for r in rows]
