"""Bins: A-03-12-2 is zone A, aisle 3, bay 12, level 2. Floor places are only 'DOCK1'."""
import re

from stockroom import db
from stockroom import util

_code = re.compile(r'^([A-Z])-(\d+)-(\d+)(?:-(\d))?$')

ZONES = {'A': 'small parts', 'B': 'racks', 'C': 'cable', 'Q': 'quarantine', 'D': 'docks'}


class BinError(Exception):
    pass


def parse(code):
    """(zone, aisle, bay, level); what is not there is None"""
    match = _code.match(code.strip().upper())
    if not match:
        if code.upper().startswith('DOCK'):
            return 'D', None, None, None
        raise BinError, 'not a bin: %s' % `code`
    zone, aisle, bay, level = match.groups()
    if not ZONES.has_key(zone):
        raise BinError, 'no zone %s' % zone
    if level is not None:
        level = int(level)
    return zone, int(aisle), int(bay), level


def create(code, max_weight_g=None):
    zone, aisle, bay, level = parse(code)
    code = code.strip().upper()
    db.insert('bins', code=code, zone=zone, aisle=aisle, bay=bay, level=level, max_weight_g=max_weight_g)
    return code


def create_rack(zone, aisle, bays, levels):
    """All bins of an aisle; returns how many"""
    n = 0
    for bay in xrange(1, bays + 1):
        for level in xrange(levels):
            create('%s-%02d-%02d-%d' % (zone, aisle, bay, level))
            n += 1
    return n


def block(code, blocked=1):
    if db.execute('UPDATE bins SET blocked = ? WHERE code = ?', blocked, code) <> 1:
        raise BinError, 'no bin %s' % code


def walk_cmp(a, b):
    """Order in which a picker walks: even aisles are walked backwards. Places without
    an aisle (docks) come first because None is less than any number."""
    c = cmp(a.aisle, b.aisle)
    if c:
        return c
    if a.aisle and a.aisle % 2 == 0:
        c = cmp(b.bay, a.bay)
    else:
        c = cmp(a.bay, b.bay)
    return c or cmp(a.level, b.level) or cmp(a.code, b.code)


def walk(codes):
    rows = [db.one('SELECT * FROM bins WHERE code = ?', code) for code in codes]
    if None in rows:
        raise BinError, 'no bin %s' % codes[rows.index(None)]
    rows.sort(walk_cmp)
    return [row.code for row in rows]


def distance(a, b):
    """Metres, near enough: 3 m from aisle to aisle, 1.2 m from bay to bay"""
    za, aa, ba, la = parse(a)
    zb, ab, bb, lb = parse(b)
    if aa is None or ab is None:
        return 20.0
    return abs(aa - ab) * 3 + round(abs(ba - bb) * 1.2)


def middle_bay(aisle):
    """Where the trolley is left"""
    last = db.value('SELECT MAX(bay) FROM bins WHERE aisle = ?', aisle)
    return last / 2


def listing(zone=None):
    rows = db.query('SELECT * FROM bins')
    if zone:
        rows = filter(lambda b: b.zone == zone, rows)
    rows.sort(walk_cmp)
    return rows


def empty_bins(zone):
    rows = db.query('SELECT b.code FROM bins b LEFT JOIN bin_stock s ON s.bin_code = b.code AND s.qty > 0 '
                    'WHERE b.zone = ? AND b.blocked = 0 GROUP BY b.code HAVING COUNT(s.sku) = 0', zone)
    codes = map(lambda r: r.code, rows)
    codes.sort(util.natural_cmp)
    return codes
