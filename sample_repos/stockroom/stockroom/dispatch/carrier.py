"""Parcelway: nightly file with the parcels of the day, answer the next morning.

Fixed width, latin-1, CR LF. H: type, customer number, date, count. P: type, parcel, name,
postcode, grams. T: type, count, sum of the grams."""
import os
import string
import commands

from stockroom import config, db, util

CUSTOMER_NO = '0040771'


class CarrierError(Exception):
    pass


def header(day, count):
    return 'H' + CUSTOMER_NO + string.replace(day, '-', '') + string.zfill(str(count), 5)


def line(parcel):
    return ('P' + util.fixed(parcel.parcel_no, 10) + util.fixed(parcel.customer, 30)
            + util.fixed(parcel.postcode, 8) + '%07d' % parcel.weight_g)


def trailer(parcels):
    return 'T%05d%010d' % (len(parcels), sum([p.weight_g for p in parcels]))


def build(day, parcels):
    lines = [header(day, len(parcels))] + map(line, parcels) + [trailer(parcels)]
    return '\r\n'.join(lines) + '\r\n'


def unsent():
    return db.query('SELECT p.*, d.customer, d.postcode FROM parcels p, demands d WHERE d.demand_no = p.demand_no '
                    'AND p.sent_in IS NULL ORDER BY p.parcel_no')


def write(folder, day):
    """Name of the file, or None if there is nothing. Written under another name first, they poll."""
    parcels = unsent()
    if not parcels:
        return None
    name = 'TAR%s.DAT' % day.replace('-', '')
    path = os.path.join(folder, name)
    fp = open(path + '.tmp', 'wb')
    fp.write(build(day, parcels))
    fp.close()
    os.rename(path + '.tmp', path)
    for p in parcels:
        db.execute('UPDATE parcels SET sent_in = ? WHERE parcel_no = ?', name, p.parcel_no)
    return name


def upload(path):
    """With the sftp program; the password is in the batch file of the user (ST-340)"""
    target = '%s@%s' % (config.get('carrier', 'user'), config.get('carrier', 'host'))
    batch = path + '.sftp'
    fp = open(batch, 'w')
    print >>fp, 'put %s in/%s' % (path, os.path.basename(path))
    print >>fp, 'quit'
    fp.close()
    status, output = commands.getstatusoutput('sftp -b %s %s' % (batch, target))
    os.unlink(batch)
    if status:
        raise CarrierError, 'sftp: %s' % output


def read_answer(data):
    """[(parcel, status, reason)] of their answer; lines A and R, the rest is ignored"""
    found = []
    for text in data.split('\r\n'):
        if text[:1] not in ('A', 'R') or len(text) < 11:
            continue
        reason = unicode(text[11:], 'latin-1').strip()
        found.append((text[1:11].strip(), text[0], reason.encode('utf-8')))
    return found


def load_answer(path):
    counts = {'A': 0, 'R': 0}
    for parcel_no, status, reason in read_answer(open(path, 'rb').read()):
        if status == 'R':
            util.log('parcel %s refused: %s', parcel_no, reason)
            # goes into the next file again
            db.execute("UPDATE parcels SET sent_in = NULL, track_status = 'REFUSED' WHERE parcel_no = ?", parcel_no)
            db.execute("UPDATE demands SET status = 'HOLD' WHERE demand_no = "
                       '(SELECT demand_no FROM parcels WHERE parcel_no = ?)', parcel_no)
        else:
            db.execute("UPDATE parcels SET track_status = 'ACCEPTED' WHERE parcel_no = ?", parcel_no)
        counts[status] += 1
    return counts
