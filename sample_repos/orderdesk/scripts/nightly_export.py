#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""
Norfreight nightly exchange. Cron, 22:15, see crontab.txt.

  1. all shipments READY of carriers with by_file=1 go into ODyyyymmdd.TXT
  2. RT*.TXT files that Norfreight left for us are read back (tracking, delivered)

Talks to the database file directly. It must run while the application is being
restarted or upgraded, so no app context, no ORM (GH: "and no surprises").
"""
import ftplib
import glob
import os
import shutil
import sqlite3
import sys
from datetime import datetime

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from orderdesk import settings  # noqa: E402
from orderdesk.legacy import partner_file  # noqa: E402


def say(text):
    line = "%s %s\n" % (datetime.now().strftime("%d/%m/%Y %H:%M:%S"), text)
    try:
        with open(os.path.join(settings.LOG_DIR, "nightly.log"), "a") as fh:
            fh.write(line)
    except IOError:
        sys.stderr.write(line)


def the_day():
    if settings.FROZEN_DATE:
        return datetime.strptime(settings.FROZEN_DATE, "%Y-%m-%d").date()
    return datetime.now().date()


def connect():
    path = settings.DB_URL.replace("sqlite:///", "", 1)
    con = sqlite3.connect(path, timeout=60)
    con.row_factory = sqlite3.Row
    return con


EXPORT_SQL = """
SELECT s.id, s.delivery_no, s.parcels, s.weight_g, o.order_no AS reference, c.name,
       a.line1 AS street, a.city, a.postcode, COALESCE(a.country, c.country) AS country
  FROM shipments s
  JOIN carriers k ON k.id = s.carrier_id
  JOIN orders o ON o.id = s.order_id
  JOIN customers c ON c.id = o.customer_id
  LEFT JOIN customer_addresses a ON a.id = o.ship_address_id
 WHERE s.status = 'READY' AND k.by_file = 1
 ORDER BY s.delivery_no
"""


def next_file_no(con):
    row = con.execute("SELECT last_value FROM sequences WHERE name = 'NFILE'").fetchone()
    if row is None:
        con.execute("INSERT INTO sequences (name, last_value) VALUES ('NFILE', 1)")
        return 1
    n = row["last_value"] % 9999 + 1
    con.execute("UPDATE sequences SET last_value = ? WHERE name = 'NFILE'", (n,))
    return n


def note_file(con, filename, direction, records, note=""):
    con.execute(
        "INSERT INTO partner_files (filename, direction, records, processed_at, note) VALUES (?, ?, ?, ?, ?)",
        (filename, direction, records, datetime.now().strftime("%Y-%m-%d %H:%M:%S.%f"), note),
    )


def free_name(day):
    """ODyyyymmdd.TXT, second run of the day gets an A, B, C .. (OD-776)"""
    base = "OD" + day.strftime("%Y%m%d")
    for suffix in [""] + [chr(c) for c in range(ord("A"), ord("Z") + 1)]:
        name = base + suffix + ".TXT"
        if not os.path.exists(os.path.join(settings.PARTNER_ARCHIVE_DIR, name)):
            return name
    raise RuntimeError("27 files on one day?")


def push_ftp(path, name):
    ftp = ftplib.FTP(settings.PARTNER_FTP_HOST, timeout=60)
    try:
        ftp.login(settings.PARTNER_FTP_USER, settings.PARTNER_FTP_PASSWORD)
        ftp.cwd("in")
        with open(path, "rb") as fh:
            # upload under a temporary name, their poller is quick (OD-803)
            ftp.storbinary("STOR %s.TMP" % name, fh)
        ftp.rename(name + ".TMP", name)
    finally:
        ftp.quit()


def export(con, day):
    rows = [dict(r) for r in con.execute(EXPORT_SQL)]
    if not rows:
        say("nothing to send")
        return None
    seq = next_file_no(con)
    data = partner_file.buildFile(settings.PARTNER_CUSTOMER_CODE, day, seq, rows)
    name = free_name(day)
    archived = os.path.join(settings.PARTNER_ARCHIVE_DIR, name)
    with open(archived, "w", encoding="latin-1", newline="") as fh:
        fh.write(data)
    if settings.PARTNER_TRANSPORT == "ftp":
        push_ftp(archived, name)
    else:
        tmp = os.path.join(settings.PARTNER_OUT_DIR, name + ".TMP")
        shutil.copyfile(archived, tmp)
        os.rename(tmp, os.path.join(settings.PARTNER_OUT_DIR, name))
    for r in rows:
        con.execute("UPDATE shipments SET status = 'SENT' WHERE id = ?", (r["id"],))
    note_file(con, name, "OUT", len(rows))
    con.commit()
    say("sent %s with %d shipments" % (name, len(rows)))
    return name


def apply_return(con, rec):
    row = con.execute(
        "SELECT id, order_id, status FROM shipments WHERE delivery_no = ?", (rec["delivery_no"],)
    ).fetchone()
    if row is None:
        say("return file: unknown delivery %s" % rec["delivery_no"])
        return False
    if row["status"] == "DLVD":
        return False  # they repeat everything for three days
    con.execute(
        "UPDATE shipments SET status = ?, tracking_no = ? WHERE id = ?", (rec["status"], rec["tracking"], row["id"])
    )
    if rec["status"] == "DLVD":
        # straight into the orders table, no status log, no audit. Accounts want to see it
        con.execute("UPDATE orders SET status = 'DLVD' WHERE id = ? AND status IN ('SHIP', 'INV')", (row["order_id"],))
    return True


def pick_up(con):
    total = 0
    for path in sorted(glob.glob(os.path.join(settings.PARTNER_IN_DIR, "RT*.TXT"))):
        name = os.path.basename(path)
        with open(path, encoding="latin-1", newline="") as fh:
            data = fh.read()
        try:
            recs = partner_file.parseReturn(data)
        except partner_file.PartnerFileError as e:
            say("%s: %s - left where it is" % (name, e))
            note_file(con, name, "IN", 0, str(e)[:120])
            con.commit()
            continue
        n = sum(1 for rec in recs if apply_return(con, rec))
        note_file(con, name, "IN", n)
        con.commit()
        shutil.move(path, os.path.join(settings.PARTNER_ARCHIVE_DIR, name))
        say("read %s, %d of %d records applied" % (name, n, len(recs)))
        total += n
    return total


def main():
    con = connect()
    try:
        export(con, the_day())
        pick_up(con)
    except Exception as e:
        con.rollback()
        say("FAILED: %r" % e)
        # mail = os.popen("mail -s 'nightly failed' it@...", "w")   # nobody reads it
        return 1
    finally:
        con.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
