"""SQL of the reports. Reads everything, writes nothing (except report_runs)."""
from stockroom import db, util

# stock and open demands and open purchase orders, all in one: the Monday list
COVER = '''
SELECT i.sku, i.description, SUM(s.qty) AS on_hand,
       (SELECT SUM(l.qty - l.shipped) FROM demand_lines l, demands d
         WHERE d.demand_no = l.demand_no AND l.sku = i.sku AND d.status <> 'CANC') AS wanted,
       (SELECT SUM(p.qty - p.received) FROM purchase_lines p, purchase_orders o
         WHERE o.po_no = p.po_no AND p.sku = i.sku AND o.status IN ('SENT', 'PART')) AS coming
  FROM items i LEFT JOIN bin_stock s ON s.sku = i.sku
 WHERE i.status <> 'X'
 GROUP BY i.sku, i.description
 ORDER BY i.sku
'''

SUPPLIER_DELAY = '''
SELECT s.code, s.name, COUNT(*) AS receipts,
       SUM(julianday(substr(g.received_at, 1, 10)) - julianday(o.due_on)) AS days_late
  FROM suppliers s, purchase_orders o, goods_receipts g
 WHERE o.supplier_code = s.code AND g.po_no = o.po_no
 GROUP BY s.code, s.name
'''

PICKERS = '''
SELECT w.picker, f.full_name, COUNT(DISTINCT w.wave_no) AS waves, SUM(a.qty) AS pieces
  FROM pick_waves w, wave_demands x, demand_lines l, allocations a, staff f
 WHERE x.wave_no = w.wave_no AND l.demand_no = x.demand_no AND a.demand_line_id = l.id
   AND f.login = w.picker AND a.picked = 1
 GROUP BY w.picker, f.full_name
'''

COUNT_LOSS = '''
SELECT c.zone, SUM((n.counted - n.expected) * i.cost_pence) AS pence
  FROM count_sheets c, count_lines n, items i
 WHERE n.sheet_no = c.sheet_no AND i.sku = n.sku AND n.counted IS NOT NULL
 GROUP BY c.zone
'''


def note(name, rows):
    db.insert('report_runs', report=name, run_at=util.stamp(), rows=len(rows))
    return rows


def cover():
    """[(sku, on hand, wanted, coming, free after all)]"""
    found = []
    for r in db.query(COVER):
        on_hand, wanted, coming = map(lambda v: v or 0, (r.on_hand, r.wanted, r.coming))
        found.append((r.sku, on_hand, wanted, coming, on_hand - wanted + coming))
    return note('cover', found)


def supplier_delay():
    """[(code, receipts, average days late cut off)]"""
    rows = [(r.code, r.receipts, int(r.days_late) / r.receipts) for r in db.query(SUPPLIER_DELAY)]
    rows.sort(lambda a, b: cmp(b[2], a[2]) or cmp(a[0], b[0]))
    return note('supplier_delay', rows)


def pickers():
    rows = [(r.full_name, r.waves, r.pieces / r.waves) for r in db.query(PICKERS)]
    rows.sort(lambda a, b: -cmp(a[2], b[2]))
    return note('pickers', rows)


def count_loss():
    return note('count_loss', db.query(COUNT_LOSS))
