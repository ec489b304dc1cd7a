"""ABC classes: A is the first 80% of what was sold, B the next 15%, C the rest."""
from stockroom import db, util
from stockroom.records import Defaults

LIMITS = [('A', 80), ('B', 95), ('C', 100)]


def classify(sold):
    """{sku: pieces} -> {sku: class}. What was never sold is C."""
    total = sum(sold.values())
    classes = {}
    running = 0
    for sku, n in util.by_count(sold):
        share = util.percent(running, total)
        for letter, limit in LIMITS:
            if share < limit or letter == 'C':
                break
        if n == 0:
            letter = 'C'
        classes[sku] = letter
        running += n
    return classes


def update():
    """Writes the classes to the items; returns how many of each"""
    sold = dict([(r.sku, r.sold_12m) for r in db.query("SELECT sku, sold_12m FROM items WHERE status <> 'X'")])
    counts = Defaults()
    for sku, letter in classify(sold).iteritems():
        db.execute('UPDATE items SET abc_class = ? WHERE sku = ?', letter, sku)
        counts.add(letter)
    return counts


def histogram(values, width=20):
    """Bars for the text report: ['  3 ######', ...], longest is width"""
    most = max(values)
    return ['%5d %s' % (v, '#' * (v * width / most)) for v in values]


def buckets(values, step):
    """{lower end: how many}"""
    counts = {}
    for v in values:
        low = v / step * step
        counts[low] = counts.get(low, 0) + 1
    return counts
