"""What the stock is worth. Year end and insurance."""
from stockroom import db, util


class Layer:
    """Some pieces at one price"""

    def __init__(self, qty, price):
        self.qty = qty
        self.price = price

    def __cmp__(self, other):
        return cmp(self.price, other.price)

    def __nonzero__(self):
        return self.qty > 0

    def __coerce__(self, other):
        return None

    def __div__(self, parts):
        return Layer(self.qty / parts, self.price)

    def value(self):
        return self.qty * self.price


def fifo(layers, qty):
    """(cost of the first qty pieces, layers that are left)"""
    cost = 0
    left = []
    for layer in layers:
        take = min(qty, layer.qty)
        cost += take * layer.price
        qty -= take
        rest = Layer(layer.qty - take, layer.price)
        if rest:
            left.append(rest)
    if qty:
        raise ValueError, 'short of %d pieces' % qty
    return cost, left


def average(layers):
    total = sum([layer.value() for layer in layers])
    return util.average_pence(total, sum([layer.qty for layer in layers]))


def halve(layers):
    """Insurance sees half of everything"""
    return [layer / 2 for layer in layers]


def cheapest(layers):
    return min(layers)


def stock_value():
    """{category: pence} of what is in the bins"""
    rows = db.query('SELECT i.category, SUM(s.qty * i.cost_pence) AS pence FROM bin_stock s, items i '
                    'WHERE i.sku = s.sku GROUP BY i.category')
    values = {}
    for row in rows:
        values[row.category or 'none'] = row.pence
    return values


def revalue(sku, qty, price_pence):
    """New average cost after goods in; writes it to the item"""
    have = db.value('SELECT SUM(qty) FROM bin_stock WHERE sku = ?', sku) or 0
    old = db.value('SELECT cost_pence FROM items WHERE sku = ?', sku) or 0
    if have + qty <= 0:
        return old
    new = (have * old + qty * price_pence) / (have + qty)
    db.execute('UPDATE items SET cost_pence = ? WHERE sku = ?', new, sku)
    return new


def write_down(pence, months):
    """Slow stock loses a twelfth per month, rounded to the full pound, half up"""
    left = pence - pence * min(months, 12) / 12
    return int(round(left / 100.0)) * 100
