"""Every movement of stock goes through move(). Except the ones that do not."""
from stockroom import db
from stockroom import util
import locations

REASONS = ('GRN', 'PICK', 'MOVE', 'COUNT', 'SCRAP', 'RETURN')


class StockError(Exception):
    def __init__(self, sku, bin_code, qty):
        Exception.__init__(self, sku, bin_code, qty)
        self.sku, self.bin_code, self.qty = sku, bin_code, qty

    def __str__(self):
        return 'only %d of %s in %s' % (self.qty, self.sku, self.bin_code)


def qty_in(bin_code, sku):
    return db.value('SELECT qty FROM bin_stock WHERE bin_code = ? AND sku = ?', bin_code, sku) or 0


def on_hand(sku):
    return db.value('SELECT SUM(qty) FROM bin_stock WHERE sku = ?', sku) or 0


def move(sku, bin_code, qty, reason, reference=None, login=None):
    """Plus is into the bin, minus is out of it. Returns what is in the bin afterwards."""
    if reason not in REASONS:
        raise ValueError, 'no reason %s' % `reason`
    have = qty_in(bin_code, sku)
    if have + qty < 0:
        raise StockError(sku, bin_code, have)
    if db.execute('UPDATE bin_stock SET qty = qty + ? WHERE bin_code = ? AND sku = ?', qty, bin_code, sku) == 0:
        db.execute('INSERT INTO bin_stock (bin_code, sku, qty) VALUES (?, ?, ?)', bin_code, sku, qty)
    db.execute('INSERT INTO stock_ledger (at, sku, bin_code, qty, reason, reference, login) '
               'VALUES (?, ?, ?, ?, ?, ?, ?)', util.stamp(), sku, bin_code, qty, reason, reference, login)
    return have + qty


def transfer(sku, source, target, qty, login=None):
    locations.parse(target)
    move(sku, source, -qty, 'MOVE', target, login)
    move(sku, target, qty, 'MOVE', source, login)


def balance(sku):
    """By the ledger. Should be on_hand()."""
    return db.value('SELECT SUM(qty) FROM stock_ledger WHERE sku = ?', sku) or 0


def drift():
    """[(sku, by the bins, by the ledger)] where they differ. ST-402."""
    bins = dict([(r.sku, r.n) for r in db.query('SELECT sku, SUM(qty) AS n FROM bin_stock GROUP BY sku')])
    book = dict([(r.sku, r.n) for r in db.query('SELECT sku, SUM(qty) AS n FROM stock_ledger GROUP BY sku')])
    skus = bins.keys() + [s for s in book.keys() if not bins.has_key(s)]
    skus.sort()
    return [(s, bins.get(s, 0), book.get(s, 0)) for s in skus if bins.get(s, 0) <> book.get(s, 0)]


def history(sku, limit=50):
    return db.query('SELECT * FROM stock_ledger WHERE sku = ? ORDER BY id DESC LIMIT ?', sku, limit)


def turnover(sku, days):
    """Pieces that went out per day, whole pieces"""
    since = util.add_days(util.today(), -days)
    out = db.value("SELECT SUM(-qty) FROM stock_ledger WHERE sku = ? AND reason = 'PICK' AND at >= ?", sku, since)
    return (out or 0) / days


def days_left(sku, days=30):
    """How long the stock lasts at this rate; None if nothing goes out"""
    rate = turnover(sku, days)
    if not rate:
        return None
    return on_hand(sku) / rate
