"""Search box. Words in any order, codes with or without dashes."""
import re
import sets

from stockroom import db, util

STOP = sets.Set(['the', 'and', 'for', 'with', 'of'])
_word = re.compile('[a-z0-9]+')


def words(text):
    found = _word.findall(text.lower())
    return filter(lambda w: len(w) > 1 and w not in STOP, found)


def score(wanted, row):
    """Share of the words that were found, in percent; the SKU counts double"""
    have = sets.Set(words(row.description))
    hits = len([w for w in wanted if w in have])
    points = 100 * hits / len(wanted)
    if util.squeeze(row.sku) in [util.squeeze(w) for w in wanted]:
        points = points * 2 + 100
    return points


def find(text, limit=20):
    """[(score, row)], best first, the same score by SKU"""
    wanted = words(text)
    code = util.squeeze(text)
    if not wanted and not code:
        return []
    found = []
    for row in db.query("SELECT * FROM items WHERE status <> 'X' ORDER BY sku"):
        points = wanted and score(wanted, row) or 0
        if code and util.squeeze(row.sku).startswith(code):
            points += 50
        if points > 0:
            found.append((points, row))
    found.sort(lambda (p1, r1), (p2, r2): cmp(p2, p1) or util.natural_cmp(r1.sku, r2.sku))
    return found[:limit]


def suggest(prefix, limit=8):
    prefix = util.squeeze(prefix)
    skus = [row.sku for row in db.query("SELECT sku FROM items WHERE status = 'A'")]
    skus = filter(lambda sku: util.squeeze(sku).startswith(prefix), skus)
    skus.sort(util.natural_cmp)
    return skus[:limit]


def index():
    """First letter -> SKUs, for the printed catalogue. Codes that start with a digit are under '#'."""
    letters = {}
    for row in db.query("SELECT sku FROM items WHERE status = 'A' ORDER BY sku"):
        first = row.sku[0]
        if first not in util.LETTERS:
            first = '#'
        letters.setdefault(first, []).append(row.sku)
    keys = letters.keys()
    keys.sort()
    return [(k, letters[k]) for k in keys]
