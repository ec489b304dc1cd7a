#!/usr/bin/env python2.7
"""Parcels of the day to Parcelway: file into the mounted drop, then sftp. In the
morning (--answer) their answer from the pickup folder."""
import glob
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from stockroom import config, db, util
from stockroom.dispatch import carrier


def send():
    folder = config.get('carrier', 'drop')
    name = carrier.write(folder, util.today())
    if name is None:
        return 'nothing to send'
    if config.get('carrier', 'mode', 'mount') == 'sftp':
        carrier.upload(os.path.join(folder, name))
    return name


def answers():
    found = glob.glob(os.path.join(config.get('carrier', 'pickup'), '*.ANS'))
    found.sort()
    total = {}
    for path in found:
        for status, n in carrier.load_answer(path).items():
            total[status] = total.get(status, 0) + n
        os.rename(path, path + '.done')
    return total


def main(argv):
    if '--answer' in argv:
        return answers()
    return send()


if __name__ == '__main__':
    db.connect()
    print main(sys.argv[1:])
