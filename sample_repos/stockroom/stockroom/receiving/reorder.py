"""What to buy: reorder point from the turnover of 30 days."""
from stockroom import db, util
from stockroom.items import units
from stockroom.stock import ledger
import purchase
import suppliers

SAFETY_DAYS = 7


def point(sku, lead_days):
    """Pieces at which it has to be bought again"""
    return ledger.turnover(sku, 30) * (lead_days + SAFETY_DAYS)


def quantity(sku, lead_days, pack_size):
    """Twice the reorder point, whole packs, at least one"""
    want = 2 * point(sku, lead_days) - util.free_qty(sku) - purchase.on_order(sku)
    if want <= 0:
        return 0
    return units.round_up(want, pack_size)


def proposals():
    """{supplier: [(sku, qty)]}"""
    wanted = {}
    for item in db.query("SELECT * FROM items WHERE status = 'A' ORDER BY sku"):
        best = suppliers.cheapest(item.sku)
        if best is None:
            continue
        if util.free_qty(item.sku) + purchase.on_order(item.sku) >= point(item.sku, best.lead_days):
            continue
        qty = quantity(item.sku, best.lead_days, item.pack_size)
        if qty:
            wanted.setdefault(best.supplier_code, []).append((item.sku, qty))
    return wanted


def urgent(limit=10):
    """[(days left, sku)]; what does not move has None and would come first, so it is left out"""
    found = []
    for item in db.query("SELECT sku FROM items WHERE status = 'A'"):
        days = ledger.days_left(item.sku)
        if days is not None:
            found.append((days, item.sku))
    found.sort()
    return found[:limit]


def run():
    """Raises and sends the orders; returns their numbers"""
    numbers = []
    wanted = proposals()
    codes = wanted.keys()
    codes.sort()
    for code in codes:
        po_no = purchase.raise_order(code, wanted[code])
        try:
            purchase.send(po_no)
        except purchase.PurchaseError, e:
            util.log('reorder: %s', e)
        numbers.append(po_no)
    return numbers
