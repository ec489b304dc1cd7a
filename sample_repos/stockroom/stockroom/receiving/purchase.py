"""Purchase orders."""
from stockroom import db, util
from stockroom.notify import outbox
import suppliers

STATUS = ('OPEN', 'SENT', 'PART', 'DONE', 'CANC')


class PurchaseError(Exception):
    pass


def raise_order(supplier_code, lines, day=None):
    """lines: [(sku, qty)], prices are the supplier's"""
    supplier = suppliers.get(supplier_code)
    if not lines:
        raise PurchaseError('no lines')
    day = day or util.today()
    po_no = db.next_number('po', 'PO')
    db.insert('purchase_orders', po_no=po_no, supplier_code=supplier_code, raised_on=day,
              due_on=util.add_days(day, supplier.lead_days))
    for sku, qty in lines:
        price = db.value('SELECT price_pence FROM supplier_items WHERE supplier_code = ? AND sku = ?',
                         supplier_code, sku)
        if price is None:
            raise PurchaseError, '%s does not sell %s' % (supplier_code, sku)
        db.insert('purchase_lines', po_no=po_no, sku=sku, qty=qty, price_pence=price)
    return po_no


def get(po_no):
    row = db.one('SELECT * FROM purchase_orders WHERE po_no = ?', po_no)
    if row is None:
        raise PurchaseError, 'no order %s' % po_no
    return row


def lines(po_no):
    return db.query('SELECT * FROM purchase_lines WHERE po_no = ? ORDER BY id', po_no)


def total(po_no):
    return reduce(lambda sum, l: sum + l.qty * l.price_pence, lines(po_no), 0)


def send(po_no):
    """By mail, as text"""
    order = get(po_no)
    if order.status <> 'OPEN':
        raise PurchaseError, '%s is %s' % (po_no, order.status)
    supplier = suppliers.get(order.supplier_code)
    if total(po_no) < supplier.min_order_pence:
        raise PurchaseError, '%s is below the minimum of %s' % (po_no, util.pounds(supplier.min_order_pence))
    if not supplier.email:
        raise PurchaseError('%s has no mail address' % supplier.name)
    text = ['Order %s, wanted by %s' % (po_no, util.ui_date(order.due_on)), '']
    for l in lines(po_no):
        text.append('%6d  %-20s %10s' % (l.qty, l.sku, util.pounds(l.price_pence)))
    outbox.put(supplier.email, 'Order %s' % po_no, '\n'.join(text))
    db.execute("UPDATE purchase_orders SET status = 'SENT' WHERE po_no = ?", po_no)


def progress(po_no):
    """Percent received, cut off; 100 only if everything is there"""
    wanted = got = 0
    for l in lines(po_no):
        wanted += l.qty
        got += min(l.received, l.qty)
    return util.percent(got, wanted)


def settle(po_no):
    """Status after goods in"""
    done = progress(po_no)
    if done == 100:
        status = 'DONE'
    elif done or [l for l in lines(po_no) if l.received]:
        status = 'PART'
    else:
        status = 'SENT'
    db.execute('UPDATE purchase_orders SET status = ? WHERE po_no = ?', status, po_no)
    return status


def overdue(day=None):
    """[(days late, row)], the latest first"""
    day = day or util.today()
    rows = db.query("SELECT * FROM purchase_orders WHERE status IN ('SENT', 'PART') AND due_on < ?", day)
    late = [(util.days_between(r.due_on, day), r) for r in rows]
    late.sort(lambda a, b: cmp(b[0], a[0]) or cmp(a[1].po_no, b[1].po_no))
    return late


def on_order(sku):
    return db.value('SELECT SUM(l.qty - l.received) FROM purchase_lines l, purchase_orders o WHERE o.po_no = l.po_no '
                    "AND l.sku = ? AND o.status IN ('OPEN', 'SENT', 'PART')", sku) or 0
