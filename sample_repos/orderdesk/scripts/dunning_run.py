#!/usr/bin/env python
"""Monday morning reminders:  dunning_run.py [--dry] [dd/mm/yyyy]"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from orderdesk.app import create_app  # noqa: E402
from orderdesk.batch import run_dunning, send_statements  # noqa: E402
from orderdesk.db import db  # noqa: E402
from orderdesk.utils import log_line, parse_date, today  # noqa: E402


def main(argv, app=None):
    app = app or create_app()
    dry = "--dry" in argv
    days = [a for a in argv if not a.startswith("--")]
    with app.app_context():
        day = parse_date(days[0]) if days else today()
        if day is None:
            sys.stderr.write("date? dd/mm/yyyy\n")
            return 2
        try:
            sent = run_dunning(day, dry=dry)
        except Exception as e:
            db.session.rollback()
            log_line("dunning", "stopped: %r" % e)
            raise
        for invoice_no, level in sent:
            print("%s level %d" % (invoice_no, level))
        if "--statements" in argv and not dry:
            print("%d statements" % send_statements())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
