#!/usr/bin/env python2.7
"""Mail to buying: what is late, and what runs out. Mondays."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from stockroom import config, db
from stockroom.notify import outbox
from stockroom.receiving import purchase, reorder
from stockroom.reports.textreport import Column, Report


def text(day=None):
    late = Report('Late orders', [Column('Order', 10), Column('Supplier', 10), Column('Days', 5, 1)])
    for days, order in purchase.overdue(day):
        late.add(order.po_no, order.supplier_code, days)
    short = Report('Runs out', [Column('SKU', 16), Column('Days', 5, 1)])
    for days, sku in reorder.urgent():
        short.add(sku, days)
    return late.text() + '\n' + short.text()


def main():
    for buyer in config.get('mail', 'buyers').split(','):
        outbox.put(buyer.strip(), 'Late orders', text())


if __name__ == '__main__':
    db.connect()
    main()
