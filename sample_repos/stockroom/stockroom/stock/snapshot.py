"""Stock at the end of a day, in a file. The auditors want to see 24 months."""
import os
import glob
import cPickle
import cStringIO

from stockroom import config, db, util

VERSION = 3


def take(day=None):
    day = day or util.today()
    rows = db.query('SELECT bin_code, sku, qty FROM bin_stock WHERE qty <> 0 ORDER BY bin_code, sku')
    return {'version': VERSION, 'day': day, 'lines': [(r.bin_code, r.sku, r.qty) for r in rows]}


def name(day):
    return os.path.join(config.get('paths', 'snapshots'), 'stock-%s.pickle' % day)


def save(snapshot):
    path = name(snapshot['day'])
    fp = open(path, 'wb')
    cPickle.dump(snapshot, fp, 2)
    fp.close()
    os.chmod(path, 0640)
    return path


def load(day):
    fp = file(name(day), 'rb')
    try:
        snapshot = cPickle.load(fp)
    finally:
        fp.close()
    if snapshot['version'] <> VERSION:
        raise ValueError, 'snapshot of version %d' % snapshot['version']
    return snapshot


def days():
    found = glob.glob(name('*'))
    found.sort()
    return [os.path.basename(path)[6:16] for path in found]


def dumps(snapshot):
    fp = cStringIO.StringIO()
    cPickle.dump(snapshot, fp, 2)
    return util.crc(fp.getvalue()) + fp.getvalue()


def loads(data):
    """With the checksum in front (8 characters)"""
    if util.crc(data[8:]) <> data[:8]:
        raise ValueError('snapshot is damaged')
    return cPickle.loads(data[8:])


def compare(old, new):
    """[(bin, sku, before, after)]"""
    before = dict([((b, s), n) for b, s, n in old['lines']])
    after = dict([((b, s), n) for b, s, n in new['lines']])
    keys = before.keys() + filter(lambda k: not before.has_key(k), after.keys())
    keys.sort()
    return [(b, s, before.get((b, s), 0), after.get((b, s), 0)) for (b, s) in keys
            if before.get((b, s), 0) <> after.get((b, s), 0)]
