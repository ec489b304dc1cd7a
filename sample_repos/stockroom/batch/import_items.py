#!/usr/bin/env python2.7
"""Item files from buying. Asks before it starts unless there is --yes."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from stockroom import config, db
from stockroom.items import importer


def main(folder, ask=raw_input):
    names = importer.pending(folder)
    if not names:
        print 'nothing to do'
        return 0
    if ask and ask('load %s? ' % ', '.join(names)).strip().lower() <> 'y':
        return 0
    for name in names:
        counts = importer.load(os.path.join(folder, name))
        print name,
        for what in ('new', 'changed', 'bad'):
            print '%s=%d' % (what, counts[what]),
        print
        file(os.path.join(folder, name + importer.DONE), 'w').close()
    return len(names)


if __name__ == '__main__':
    db.connect()
    main(config.get('paths', 'imports'), '--yes' not in sys.argv and raw_input or None)
