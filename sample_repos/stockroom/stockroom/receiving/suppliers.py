"""Suppliers, their codes and their prices."""
import sgmllib
import urllib2

from stockroom import db, html, util


class SupplierError(Exception):
    pass


def get(code):
    row = db.one('SELECT * FROM suppliers WHERE code = ?', code)
    if row is None:
        raise SupplierError, 'no supplier %s' % code
    return row


def save(code, name, **values):
    if db.value('SELECT COUNT(*) FROM suppliers WHERE code = ?', code):
        db.execute('UPDATE suppliers SET name = ? WHERE code = ?', name, code)
        for column in values.keys():
            db.execute('UPDATE suppliers SET %s = ? WHERE code = ?' % column, values[column], code)
        return
    db.insert('suppliers', code=code, name=name, **values)


def set_price(code, sku, price_pence, their_code=None):
    db.execute('DELETE FROM supplier_items WHERE supplier_code = ? AND sku = ?', code, sku)
    db.execute('INSERT INTO supplier_items (supplier_code, sku, their_code, price_pence) VALUES (?, ?, ?, ?)',
               code, sku, their_code, price_pence)


def cheapest(sku):
    """Price, then lead time, then the code"""
    rows = db.query('SELECT p.supplier_code, p.price_pence, s.lead_days FROM supplier_items p, suppliers s '
                    'WHERE s.code = p.supplier_code AND p.sku = ?', sku)
    if not rows:
        return None
    rows.sort(lambda a, b: cmp(a.price_pence, b.price_pence) or cmp(a.lead_days, b.lead_days)
              or cmp(a.supplier_code, b.supplier_code))
    return rows[0]


class PriceTable(sgmllib.SGMLParser):
    """Two suppliers have a page instead of a file: <td>their code<td>price, no end tags"""

    def __init__(self):
        sgmllib.SGMLParser.__init__(self)
        self.rows = []
        self.cells = None
        self.inside = 0

    def start_tr(self, attrs):
        self.flush()
        self.cells = []

    def start_td(self, attrs):
        if self.cells is not None:
            self.cells.append('')
            self.inside = 1

    def end_td(self):
        self.inside = 0

    def end_table(self):
        self.flush()

    def start_table(self, attrs):
        pass

    def handle_data(self, data):
        if self.inside and self.cells:
            self.cells[-1] += data

    def handle_charref(self, name):
        self.handle_data(html.unescape('&#%s;' % name))

    def handle_entityref(self, name):
        self.handle_data(html.unescape('&%s;' % name))

    def flush(self):
        if self.cells:
            self.rows.append([c.strip() for c in self.cells])
        self.cells = None


def parse_prices(text):
    """{their code: pence}"""
    parser = PriceTable()
    parser.feed(text)
    parser.close()
    parser.flush()
    prices = {}
    for cells in parser.rows:
        if len(cells) < 2:
            continue
        amount = filter(lambda c: c in '0123456789.,', cells[-1])
        try:
            prices[cells[0]] = util.to_pence(amount)
        except ValueError:
            continue
    return prices


def fetch_prices(code, url, opener=None):
    """Reads the page and sets the prices of what we know; returns how many"""
    try:
        text = (opener or urllib2.urlopen)(url).read()
    except urllib2.URLError, e:
        util.log('prices of %s: %s', code, e)
        return 0
    prices = parse_prices(text)
    n = 0
    for row in db.query('SELECT sku, their_code FROM supplier_items WHERE supplier_code = ?', code):
        if prices.has_key(row.their_code):
            set_price(code, row.sku, prices[row.their_code], row.their_code)
            n += 1
    return n
