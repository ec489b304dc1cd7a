"""Goods in: what the van brought, against the order."""
from stockroom import db, util
from stockroom.stock import ledger, locations, valuation
import purchase

DOCK = 'DOCK1'
TOLERANCE = 10      # percent over the ordered quantity that is taken without asking


class OverDelivery(Exception):
    def __init__(self, sku, ordered, got):
        Exception.__init__(self, sku, ordered, got)
        self.sku, self.ordered, self.got = sku, ordered, got

    def __str__(self):
        return '%s: ordered %d, got %d' % self.args


def allowed(ordered):
    """10% more, at least one piece, whole pieces"""
    return ordered + max(1, ordered * TOLERANCE / 100)


def receive(po_no, got, login=None, note=None):
    """got: {sku: qty}. Everything goes to the dock, see put_away()."""
    order = purchase.get(po_no)
    if order.status in ('DONE', 'CANC'):
        raise purchase.PurchaseError, '%s is %s' % (po_no, order.status)
    ordered = dict([(l.sku, l) for l in purchase.lines(po_no)])
    skus = got.keys()
    skus.sort()
    for sku in skus:
        if not ordered.has_key(sku):
            raise purchase.PurchaseError, '%s is not on %s' % (sku, po_no)
        line = ordered[sku]
        if line.received + got[sku] > allowed(line.qty):
            raise OverDelivery(sku, line.qty, line.received + got[sku])
    grn_no = db.next_number('grn', 'GRN')
    db.insert('goods_receipts', grn_no=grn_no, po_no=po_no, received_at=util.stamp(), login=login, note=note)
    for sku in skus:
        line = ordered[sku]
        valuation.revalue(sku, got[sku], line.price_pence)
        ledger.move(sku, DOCK, got[sku], 'GRN', grn_no, login)
        db.execute('UPDATE purchase_lines SET received = received + ? WHERE id = ?', got[sku], line.id)
    purchase.settle(po_no)
    return grn_no


def place_for(sku):
    """Where it already is (the emptiest), else the first empty bin of zone A, else quarantine"""
    rows = db.query("SELECT s.bin_code, s.qty FROM bin_stock s, bins b WHERE b.code = s.bin_code AND b.blocked = 0 "
                    "AND b.zone NOT IN ('D', 'Q') AND s.sku = ?", sku)
    if rows:
        rows.sort(lambda a, b: cmp(a.qty, b.qty) or util.natural_cmp(a.bin_code, b.bin_code))
        return rows[0].bin_code
    empty = locations.empty_bins('A') or locations.empty_bins('Q')
    if not empty:
        return None
    return empty[0]


def put_away(login=None):
    """Everything from the dock to its place: [(sku, qty, bin)]"""
    moved = []
    for r in db.query('SELECT sku, qty FROM bin_stock WHERE bin_code = ? AND qty > 0 ORDER BY sku', DOCK):
        target = place_for(r.sku)
        if target is None:
            util.log('no place for %s', r.sku)
            continue
        ledger.transfer(r.sku, DOCK, target, r.qty, login)
        moved.append((r.sku, r.qty, target))
    return moved


def reject(grn_no, sku, qty, login=None):
    """To quarantine; the order has not received it"""
    receipt = db.one('SELECT * FROM goods_receipts WHERE grn_no = ?', grn_no)
    places = locations.empty_bins('Q')
    if receipt is None or not places:
        raise purchase.PurchaseError('cannot reject %s' % grn_no)
    ledger.transfer(sku, DOCK, places[0], qty, login)
    db.execute('UPDATE purchase_lines SET received = received - ? WHERE po_no = ? AND sku = ?',
               qty, receipt.po_no, sku)
    purchase.settle(receipt.po_no)
    return places[0]
