#!/usr/bin/env python
# price files from head office arrive by mail, somebody saves them to the drop folder
#   import_prices.py TRADE /srv/orderdesk/drop/prices.csv
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from orderdesk.app import create_app  # noqa: E402
from orderdesk.db import db  # noqa: E402
from orderdesk.legacy.fxrates import fetchRates  # noqa: E402
from orderdesk.pricing import import_price_file  # noqa: E402


def main(argv, app=None):
    if len(argv) == 1 and argv[0] == "--rates":
        with (app or create_app()).app_context():
            print("%d rates" % fetchRates())
        return 0
    if len(argv) != 2:
        print("usage: import_prices.py LIST FILE | --rates")
        return 2
    app = app or create_app()
    with app.app_context():
        with open(argv[1], encoding="utf-8", errors="replace") as fh:
            try:
                done, problems = import_price_file(fh, argv[0])
            except ValueError as e:
                print(e)
                return 1
        db.session.commit()
    print("%d prices" % done)
    for p in problems:
        print(p)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
