#!/usr/bin/env python2.7
"""Repairs allocated and qty in bin_stock. Sundays, nobody is there (ST-402)."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from stockroom import db, util


def fix_allocated():
    n = 0
    for r in db.query('SELECT bin_code, sku, allocated FROM bin_stock ORDER BY bin_code, sku'):
        right = db.value('SELECT SUM(qty) FROM allocations WHERE picked = 0 AND bin_code = ? AND sku = ?',
                         r.bin_code, r.sku) or 0
        if right <> r.allocated:
            db.execute('UPDATE bin_stock SET allocated = ? WHERE bin_code = ? AND sku = ?', right, r.bin_code, r.sku)
            n += 1
    return n


def drop_empty():
    return db.execute('DELETE FROM bin_stock WHERE qty = 0 AND allocated = 0')


def purge_ledger(years=7):
    """Old lines become one line per SKU and bin"""
    limit = '%d%s' % (int(util.today()[:4]) - years, util.today()[4:])
    rows = db.query('SELECT sku, bin_code, SUM(qty) AS qty FROM stock_ledger WHERE at < ? GROUP BY sku, bin_code', limit)
    db.execute('DELETE FROM stock_ledger WHERE at < ?', limit)
    for r in rows:
        if r.qty:
            db.execute('INSERT INTO stock_ledger (at, sku, bin_code, qty, reason, reference) '
                       "VALUES (?, ?, ?, ?, 'MOVE', 'purge')", limit, r.sku, r.bin_code, r.qty)
    return len(rows)


if __name__ == '__main__':
    db.connect()
    print 'allocated', fix_allocated()
    print 'empty', drop_empty()
    print 'purged', purge_ledger()
