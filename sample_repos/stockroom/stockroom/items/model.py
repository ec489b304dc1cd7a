"""Items: reading, saving, status."""
import types

from stockroom import db
from stockroom import util
import units
import barcode

STATUS = {'A': 'active', 'R': 'running out', 'X': 'deleted'}


class ItemError(Exception):
    pass


def get(sku):
    row = db.one('SELECT * FROM items WHERE sku = ?', sku.strip().upper())
    if row is None:
        row = db.one('SELECT i.* FROM items i, item_aliases a WHERE a.sku = i.sku AND a.alias = ?', util.squeeze(sku))
    return row


def need(sku):
    row = get(sku)
    if row is None:
        raise ItemError, 'no item %s' % `sku`
    return row


def save(sku, description, **values):
    """New or changed. Barcodes are checked, everything else is believed."""
    sku = sku.strip().upper()
    if not sku:
        raise ItemError('an item needs a SKU')
    if type(description) is types.UnicodeType:
        description = description.encode('utf-8')
    code = values.get('barcode')
    if code and not barcode.valid(code):
        raise ItemError, 'barcode %s is wrong' % code
    if values.has_key('uom') and not units.UNITS.has_key(values['uom']):
        raise ItemError, 'unit %s is not known' % values['uom']
    if db.one('SELECT sku FROM items WHERE sku = ?', sku) is None:
        db.insert('items', sku=sku, description=description, **values)
        return 'new'
    names = values.keys()
    names.sort()
    for name in names:
        # names come from the code, never from a form
        db.execute('UPDATE items SET %s = ? WHERE sku = ?' % name, values[name], sku)
    db.execute('UPDATE items SET description = ? WHERE sku = ?', description, sku)
    return 'changed'


def delete(sku):
    """Only a status. Not while there is stock."""
    on_hand = db.value('SELECT SUM(qty) FROM bin_stock WHERE sku = ?', sku) or 0
    if on_hand <> 0:
        raise ItemError, '%s: %d still in the bins' % (sku, on_hand)
    db.execute("UPDATE items SET status = 'X' WHERE sku = ?", sku)


def add_alias(alias, sku, source='manual'):
    need(sku)
    key = util.squeeze(alias)
    if db.value('SELECT COUNT(*) FROM item_aliases WHERE alias = ?', key):
        raise ItemError, 'alias %s is taken' % alias
    db.execute('INSERT INTO item_aliases (alias, sku, source) VALUES (?, ?, ?)', key, sku, source)


def put_picture(sku, data, mime='image/png'):
    db.execute('DELETE FROM item_pictures WHERE sku = ?', sku)
    db.execute('INSERT INTO item_pictures (sku, mime, picture) VALUES (?, ?, ?)', sku, mime, buffer(data))


def picture(sku):
    row = db.one('SELECT mime, picture FROM item_pictures WHERE sku = ?', sku)
    if row is None:
        return None, None
    return row.mime, str(row.picture)


def weight(lines):
    """Grams of [(sku, qty)]; what has no weight counts as 100 g (ST-204)"""
    def grams((sku, qty)):
        item = need(sku)
        if item.weight_g is None:
            return 100 * qty
        return item.weight_g * qty
    return reduce(lambda a, b: a + b, map(grams, lines), 0)


def categories():
    rows = db.query('SELECT category, COUNT(*) AS n FROM items WHERE status <> ? GROUP BY category', 'X')
    counts = {}
    for row in rows:
        counts[row.category or 'none'] = row.n
    return util.by_count(counts)
