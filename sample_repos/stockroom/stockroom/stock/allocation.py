"""Stock is promised to demand lines here: fewest bins first, then the walk."""
from stockroom import db, util
import ledger
import locations


def candidates(sku):
    rows = db.query('SELECT s.bin_code, s.qty - s.allocated AS free, b.code, b.aisle, b.bay, b.level '
                    'FROM bin_stock s, bins b WHERE b.code = s.bin_code AND s.sku = ? AND b.blocked = 0', sku)
    return filter(lambda r: r.free > 0, rows)


def choose(sku, qty):
    """[(bin, qty)]. One bin that has all if there is one (the smallest), else from the fullest down."""
    rows = candidates(sku)
    enough = [r for r in rows if r.free >= qty]
    if enough:
        enough.sort(lambda a, b: cmp(a.free, b.free) or locations.walk_cmp(a, b))
        return [(enough[0].bin_code, qty)]
    rows.sort(lambda a, b: cmp(b.free, a.free) or locations.walk_cmp(a, b))
    taken = []
    for r in rows:
        n = min(qty, r.free)
        if n <= 0:
            break
        taken.append((r.bin_code, n))
        qty -= n
    return taken


def allocate(line_id, sku, qty):
    """Returns what is missing (0 when everything is there)"""
    for bin_code, n in choose(sku, qty):
        db.execute('UPDATE bin_stock SET allocated = allocated + ? WHERE bin_code = ? AND sku = ?', n, bin_code, sku)
        db.insert('allocations', demand_line_id=line_id, bin_code=bin_code, sku=sku, qty=n)
        qty -= n
    return qty


def release(line_id):
    for a in db.query('SELECT * FROM allocations WHERE demand_line_id = ? AND picked = 0', line_id):
        db.execute('UPDATE bin_stock SET allocated = allocated - ? WHERE bin_code = ? AND sku = ?',
                   a.qty, a.bin_code, a.sku)
        db.execute('DELETE FROM allocations WHERE id = ?', a.id)


def pick(allocation_id, qty=None, login=None):
    a = db.one('SELECT * FROM allocations WHERE id = ?', allocation_id)
    if a is None or a.picked:
        raise KeyError, 'allocation %s is not open' % allocation_id
    if qty is None:
        qty = a.qty
    ledger.move(a.sku, a.bin_code, -qty, 'PICK', str(a.demand_line_id), login)
    db.execute('UPDATE bin_stock SET allocated = allocated - ? WHERE bin_code = ? AND sku = ?', a.qty, a.bin_code, a.sku)
    db.execute('UPDATE allocations SET picked = 1, qty = ? WHERE id = ?', qty, a.id)
    return qty


def share_out(available, wanted):
    """Short stock over several demands {no: qty}: everybody gets the same share, whole pieces,
    the rest goes to the biggest ones."""
    total = sum(wanted.values())
    if total <= available:
        return wanted.copy()
    shares = {}
    for no, qty in wanted.iteritems():
        shares[no] = available * qty / total
    rest = available - sum(shares.values())
    order = wanted.items()
    order.sort(lambda a, b: cmp(b[1], a[1]) or cmp(a[0], b[0]))
    for no, qty in order[:rest]:
        shares[no] += 1
    return shares
