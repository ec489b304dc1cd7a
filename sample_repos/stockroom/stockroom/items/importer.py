"""Item files from buying: CSV, in latin-1, written by Excel on somebody's PC."""
import csv
import os
import dircache

from stockroom import util
from stockroom.records import Record, Field, Number, RecordError, CaseDict
import model

DONE = '.done'


class ItemLine(Record):
    sku = Field(required=1)
    description = Field(required=1)
    category = Field()
    uom = Field(default='EA')
    pack_size = Number(default=1, least=1)
    weight_g = Number(default=None)
    cost = Field(util.to_pence, default=0)
    barcode = Field()


def read(fp):
    """(records, [(line number, what is wrong)])"""
    reader = csv.reader(fp)
    heads = reader.next()
    good, bad = [], []
    for cells in reader:
        if not filter(None, cells):
            continue
        values = CaseDict(dict(zip([h.lower() for h in heads], cells)))
        # Excel writes latin-1
        text = unicode(values.get('description', ''), 'latin-1')
        values['description'] = text.encode('utf-8')
        values = dict([(str(k.strip()), v) for (k, v) in values.items()])
        try:
            good.append(ItemLine(**values))
        except RecordError, e:
            bad.append((reader.line_num, str(e)))
    return good, bad


def load(path):
    fp = open(path, 'rb')
    try:
        records, bad = read(fp)
    finally:
        fp.close()
    counts = {'new': 0, 'changed': 0, 'bad': len(bad)}
    for r in records:
        try:
            what = model.save(r.sku, r.description, category=r.category, uom=r.uom, pack_size=r.pack_size,
                              weight_g=r.weight_g, cost_pence=r.cost, barcode=r.barcode)
        except model.ItemError, e:
            util.log('import %s: %s: %s', os.path.basename(path), r.sku, e)
            counts['bad'] += 1
            continue
        counts[what] += 1
    return counts


def pending(folder):
    """Files that were not loaded yet, oldest name first"""
    names = dircache.listdir(folder)
    return [n for n in names if n.lower().endswith('.csv') and n + DONE not in names]


def export(fp):
    """All items as CSV, for the web shop of the parent company"""
    from stockroom import db
    writer = csv.writer(fp)
    writer.writerow(['sku', 'description', 'uom', 'cost', 'class'])
    n = 0
    for row in db.query("SELECT * FROM items WHERE status <> 'X' ORDER BY sku"):
        text = util.to_unicode(row.description).encode('latin-1', 'replace')
        writer.writerow([row.sku, text, row.uom, util.pounds(row.cost_pence), row.abc_class or ''])
        n = n + 1
    return n
