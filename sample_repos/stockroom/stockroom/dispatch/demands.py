"""Demands: what a branch or a customer wants sent."""
from stockroom import db, util
from stockroom.stock import allocation


class DemandError(Exception):
    pass


def place(customer, lines, address=None, postcode=None, priority=None):
    """lines: [(sku, qty)]. Priority 1 is urgent, None is 'when there is time'."""
    if type(customer) is unicode:
        customer = customer.encode('utf-8')
    if type(address) is unicode:
        address = address.encode('utf-8')
    for sku, qty in lines:
        if qty <= 0:
            raise DemandError, 'quantity %d of %s' % (qty, sku)
    demand_no = db.next_number('demand', 'D')
    db.insert('demands', demand_no=demand_no, customer=customer, address=address, postcode=postcode,
              priority=priority, placed_at=util.stamp())
    for sku, qty in lines:
        db.insert('demand_lines', demand_no=demand_no, sku=sku, qty=qty)
    return demand_no


def get(demand_no):
    row = db.one('SELECT * FROM demands WHERE demand_no = ?', demand_no)
    if row is None:
        raise DemandError, 'no demand %s' % demand_no
    return row


def lines(demand_no):
    return db.query('SELECT * FROM demand_lines WHERE demand_no = ? ORDER BY id', demand_no)


def urgency(a, b):
    """Without priority goes LAST (None would be first), then the oldest"""
    if a.priority is None and b.priority is not None:
        return 1
    if b.priority is None and a.priority is not None:
        return -1
    return cmp(a.priority, b.priority) or cmp(a.placed_at, b.placed_at) or cmp(a.demand_no, b.demand_no)


def waiting():
    rows = db.query("SELECT * FROM demands WHERE status = 'NEW'")
    rows.sort(urgency)
    return rows


def allocate(demand_no):
    """True if everything is there. Otherwise the demand stays NEW and keeps what it got."""
    missing = 0
    for line in lines(demand_no):
        have = db.value('SELECT SUM(qty) FROM allocations WHERE demand_line_id = ?', line.id) or 0
        if have < line.qty:
            missing += allocation.allocate(line.id, line.sku, line.qty - have)
    if not missing:
        db.execute("UPDATE demands SET status = 'ALLOC' WHERE demand_no = ?", demand_no)
    return not missing


def cancel(demand_no):
    demand = get(demand_no)
    if demand.status not in ('NEW', 'ALLOC'):
        raise DemandError, '%s is %s' % (demand_no, demand.status)
    for line in lines(demand_no):
        allocation.release(line.id)
    db.execute("UPDATE demands SET status = 'CANC' WHERE demand_no = ?", demand_no)


def fill_rate(day):
    """Percent of the lines of a day that went out complete"""
    rows = db.query('SELECT l.qty, l.shipped FROM demand_lines l, demands d WHERE d.demand_no = l.demand_no '
                    'AND substr(d.placed_at, 1, 10) = ?', day)
    full = filter(lambda r: r.shipped >= r.qty, rows)
    return util.percent(len(full), len(rows))


def ship(demand_no):
    for line in lines(demand_no):
        done = db.value('SELECT SUM(qty) FROM allocations WHERE demand_line_id = ? AND picked = 1', line.id) or 0
        db.execute('UPDATE demand_lines SET shipped = ? WHERE id = ?', done, line.id)
        db.execute('UPDATE items SET sold_12m = sold_12m + ? WHERE sku = ?', done, line.sku)
    db.execute("UPDATE demands SET status = 'SHIP', shipped_at = ? WHERE demand_no = ?", util.stamp(), demand_no)
