"""
The numbers. Every statement here was argued about with accounts at least once, so
copy, don't edit. Dates are bound as ISO text (sqlite).        GH / mt / pk
"""
from orderdesk.legacy.dbhelpers import sqlAll, sqlExec, sqlValue
from orderdesk.utils import current_login, now, pct, round2

SALES_SQL = """
SELECT c.account_no, c.name AS customer, cat.name AS category, p.sku, p.name AS product,
       SUM(ol.qty) AS qty,
       ROUND(SUM(ol.qty * ol.unit_price * (100.0 - COALESCE(o.discount_pct, 0)) / 100.0), 2) AS net,
       ROUND(SUM(ol.qty * COALESCE(p.last_cost, 0)), 2) AS cost,
       COUNT(DISTINCT o.id) AS orders,
       COUNT(DISTINCT i.id) AS invoices,
       MAX((SELECT SUM(s.qty_on_hand) FROM stock_levels s WHERE s.product_id = p.id)) AS on_hand
  FROM orders o
  JOIN order_lines ol ON ol.order_id = o.id
  JOIN customers c ON c.id = o.customer_id
  JOIN products p ON p.id = ol.product_id
  LEFT JOIN categories cat ON cat.id = p.category_id
  LEFT JOIN invoices i ON i.order_id = o.id AND i.status <> 'VOID'
 WHERE o.order_date BETWEEN :d1 AND :d2
   AND o.status <> 'CANC'
 GROUP BY c.account_no, c.name, cat.name, p.sku, p.name
 ORDER BY net DESC, p.sku
"""

STOCK_VALUE_SQL = """
SELECT w.code AS warehouse, cat.name AS category, COUNT(*) AS items,
       SUM(s.qty_on_hand) AS qty,
       ROUND(SUM(s.qty_on_hand * COALESCE(p.last_cost, 0)), 2) AS at_cost,
       ROUND(SUM(s.qty_on_hand * COALESCE(p.list_price, 0)), 2) AS at_list
  FROM stock_levels s
  JOIN warehouses w ON w.id = s.warehouse_id
  JOIN products p ON p.id = s.product_id
  LEFT JOIN categories cat ON cat.id = p.category_id
 WHERE s.qty_on_hand <> 0
 GROUP BY w.code, cat.name
 ORDER BY w.code, cat.name
"""

# julianday() is sqlite, the MySQL version was DATEDIFF(:day, due_date)
AGEING_SQL = """
SELECT c.account_no, c.name, c.credit_limit, c.balance,
       SUM(CASE WHEN julianday(:day) - julianday(i.due_date) <= 0 THEN open_amt ELSE 0 END) AS not_due,
       SUM(CASE WHEN julianday(:day) - julianday(i.due_date) BETWEEN 1 AND 30 THEN open_amt ELSE 0 END) AS d30,
       SUM(CASE WHEN julianday(:day) - julianday(i.due_date) BETWEEN 31 AND 60 THEN open_amt ELSE 0 END) AS d60,
       SUM(CASE WHEN julianday(:day) - julianday(i.due_date) > 60 THEN open_amt ELSE 0 END) AS older,
       SUM(open_amt) AS total
  FROM (SELECT customer_id, due_date,
               gross - COALESCE(paid, 0) - COALESCE(credited, 0) AS open_amt
          FROM invoices WHERE status IN ('OPEN', 'PART')) i
  JOIN customers c ON c.id = i.customer_id
 GROUP BY c.id
HAVING total > 0.004
 ORDER BY total DESC
"""

LATE_DELIVERY_SQL = """
SELECT o.order_no, c.name AS customer, o.required_date, s.ship_date, ca.name AS carrier,
       CAST(julianday(s.ship_date) - julianday(o.required_date) AS INTEGER) AS days_late
  FROM shipments s
  JOIN orders o ON o.id = s.order_id
  JOIN customers c ON c.id = o.customer_id
  JOIN carriers ca ON ca.id = s.carrier_id
 WHERE s.ship_date > o.required_date
 ORDER BY days_late DESC, o.order_no
"""

DORMANT_SQL = """
SELECT c.account_no, c.name, c.sales_rep, MAX(o.order_date) AS last_order, COUNT(o.id) AS orders
  FROM customers c
  LEFT JOIN orders o ON o.customer_id = c.id AND o.status <> 'CANC'
 WHERE c.status <> 'CLOSED'
 GROUP BY c.id
HAVING last_order IS NULL OR last_order < :since
 ORDER BY last_order, c.name
"""

# 2015 layout with the warehouse split. Nobody remembers what "factor" was.
# SALES_OLD_SQL = """
# SELECT c.account_no, SUM(ol.qty * ol.unit_price * w.factor) FROM orders o, order_lines ol,
#        customers c, warehouses w WHERE o.id = ol.order_id AND c.id = o.customer_id
#  GROUP BY c.account_no WITH ROLLUP
# """


def _ran(report, params, rows):
    sqlExec(
        "INSERT INTO report_runs (report, params, row_count, run_at, run_by) VALUES (:r, :p, :n, :t, :w)",
        r=report,
        p=params,
        n=len(rows),
        t=now().strftime("%Y-%m-%d %H:%M:%S.%f"),
        w=current_login(),
    )
    return rows


def sales(d1, d2):
    rows = sqlAll(SALES_SQL, d1=d1.isoformat(), d2=d2.isoformat())
    for r in rows:
        r["margin"] = round2((r["net"] or 0) - (r["cost"] or 0))
        r["margin_pct"] = pct(r["margin"], r["net"])
    return _ran("sales", "%s..%s" % (d1, d2), rows)


def stock_value():
    return _ran("stock_value", "", sqlAll(STOCK_VALUE_SQL))


def ageing(day):
    rows = sqlAll(AGEING_SQL, day=day.isoformat())
    for r in rows:
        for k in ("not_due", "d30", "d60", "older", "total"):
            r[k] = round2(r[k])
        # open orders + fees + rounding, see OD-212
        r["unexplained"] = round2((r["balance"] or 0) - r["total"])
    return _ran("ageing", str(day), rows)


def late_deliveries():
    return _ran("late", "", sqlAll(LATE_DELIVERY_SQL))


def dormant(since):
    return _ran("dormant", str(since), sqlAll(DORMANT_SQL, since=since.isoformat()))


def headline(day):
    """The four boxes on the start page."""
    return {
        "orders_today": sqlValue("SELECT COUNT(*) FROM orders WHERE order_date = :d", d=day.isoformat()),
        "open_orders": sqlValue("SELECT COUNT(*) FROM orders WHERE status IN ('NEW','HOLD','CONF','PICK')"),
        "owed": round2(sqlValue("SELECT SUM(balance) FROM customers")),
        "stock_units": sqlValue("SELECT SUM(qty_on_hand) FROM stock_levels"),
    }
