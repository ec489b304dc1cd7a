#!/usr/bin/env python2.7
"""Nightly run, 22:30. Steps in this order, no restart point: if one fails, somebody
looks in the morning and starts the missing ones by hand (ST-455)."""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from stockroom import db, util
from stockroom.dispatch import carrier, demands
from stockroom.notify import outbox
from stockroom.receiving import asn, goodsin, reorder
from stockroom.reports import pareto
from stockroom.stock import snapshot


def allocate_all():
    done = 0
    for d in demands.waiting():
        if demands.allocate(d.demand_no):
            done += 1
    return done


def load_asns():
    n = 0
    for path in asn.waiting():
        try:
            found = asn.load(path)
        except asn.AsnError, e:
            print >>sys.stderr, '%s: %s' % (os.path.basename(path), e)
            continue
        if found is not None:
            po_no, got = found
            goodsin.receive(po_no, got, 'asn')
            n += 1
    goodsin.put_away('asn')
    return n


def keep_snapshot():
    return os.path.basename(snapshot.save(snapshot.take()))


def drop():
    import carrier_drop
    return carrier_drop.main([])


STEPS = [
    ('allocate', allocate_all),
    ('asn', load_asns),
    ('reorder', reorder.run),
    ('classes', pareto.update),
    ('snapshot', keep_snapshot),
    ('carrier', drop),
    ('mail', outbox.flush),
]


def run(steps=None, out=None):
    out = out or sys.stdout
    for name, step in steps or STEPS:
        t = time.time()
        result = step()
        print >>out, '%-10s' % name, result
        util.log('nightly %s: %s (%d s)', name, result, time.time() - t)


if __name__ == '__main__':
    db.connect()
    wanted = sys.argv[1:]
    run([s for s in STEPS if not wanted or s[0] in wanted])
