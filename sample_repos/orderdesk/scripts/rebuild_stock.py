#!/usr/bin/env python
"""Reserved quantities drift (nobody found out why, OD-1421). Sunday night:
recompute qty_reserved from the open reservations. --check only prints."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from orderdesk import settings  # noqa: E402

SQL = """
SELECT l.id, p.sku, l.qty_reserved AS has,
       COALESCE((SELECT SUM(r.qty) FROM stock_reservations r
                  WHERE r.product_id = l.product_id AND r.warehouse_id = l.warehouse_id
                    AND r.status = 'OPEN'), 0) AS should
  FROM stock_levels l JOIN products p ON p.id = l.product_id
 ORDER BY p.sku, l.id
"""


def main(argv):
    con = sqlite3.connect(settings.DB_URL.replace("sqlite:///", "", 1))
    wrong = [r for r in con.execute(SQL).fetchall() if r[2] != r[3]]
    for _id, sku, has, should in wrong:
        print("%-20s reserved %d, should be %d" % (sku, has, should))
    if "--check" not in argv:
        for row in wrong:
            con.execute("UPDATE stock_levels SET qty_reserved = ? WHERE id = ?", (row[3], row[0]))
        con.commit()
    con.close()
    return len(wrong)


if __name__ == "__main__":
    main(sys.argv[1:])
