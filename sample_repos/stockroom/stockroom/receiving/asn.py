"""Advance shipping notices: binary file of the two big suppliers, by SFTP into paths.asn.

Header   4s  'ASN2'    H  version   12s  PO number, blanks at the end   I  lines
Line     14s their code, zeros at the end   H  packs   H  pack size   I  price in 1/100 pence
Trailer  I   crc32 of everything before
All little endian. The description is their PDF of 2008 (on dk's desk).
"""
import os
import glob
import struct
import hashlib
import binascii

from stockroom import config, db, util

HEADER = '<4sH12sI'
LINE = '<14sHHI'
TRAILER = '<I'
MAGIC = 'ASN2'

# old style, from when this was a script of its own
BadFile = 'bad ASN file'


class AsnError(ValueError):
    pass


def checksum(data):
    return binascii.crc32(data) & 0xFFFFFFFFL


def build(po_no, lines):
    """What the supplier would send. Used for tests with their IT."""
    data = struct.pack(HEADER, MAGIC, 2, po_no.ljust(12), len(lines))
    for their_code, packs, size, price in lines:
        data += struct.pack(LINE, their_code, packs, size, price)
    return data + struct.pack(TRAILER, checksum(data))


def read(data):
    """(PO number, [(their code, pieces, price in pence)])"""
    size = struct.calcsize(HEADER)
    if len(data) < size + 4:
        raise AsnError, 'too short: %d bytes' % len(data)
    magic, version, po_no, count = struct.unpack(HEADER, data[:size])
    if magic <> MAGIC:
        raise AsnError, 'starts with %s' % `magic`
    if version > 2:
        raise BadFile, version
    (crc,) = struct.unpack(TRAILER, data[-4:])
    if crc <> checksum(data[:-4]):
        raise AsnError('checksum')
    step = struct.calcsize(LINE)
    if len(data) <> size + count * step + 4:
        raise AsnError, '%d lines do not fit' % count
    lines = []
    for i in xrange(count):
        code, packs, pack, price = struct.unpack_from(LINE, data, size + i * step)
        lines.append((code.rstrip('\0'), packs * pack, price / 100))
    return po_no.strip(), lines


def first_byte(data):
    """Some files start with the byte order mark of their FTP program"""
    if ord(data[0]) == 0xEF:
        return data[3:]
    return data


def load(path):
    """{sku: pieces} of a file, once; a file that was loaded before gives None"""
    data = first_byte(open(path, 'rb').read())
    digest = hashlib.sha1(data).hexdigest()
    if db.value('SELECT COUNT(*) FROM asn_files WHERE digest = ?', digest):
        return None
    po_no, lines = read(data)
    order = db.one('SELECT supplier_code FROM purchase_orders WHERE po_no = ?', po_no)
    if order is None:
        raise AsnError, 'no order %s' % po_no
    got = {}
    for their_code, qty, price in lines:
        sku = db.value('SELECT sku FROM supplier_items WHERE supplier_code = ? AND their_code = ?',
                       order.supplier_code, their_code)
        if sku is None:
            util.log('%s: code %s is not known', os.path.basename(path), their_code)
            continue
        got[sku] = got.get(sku, 0) + qty
    db.insert('asn_files', name=os.path.basename(path), digest=digest, loaded_at=util.stamp(), lines=len(lines))
    return po_no, got


def waiting():
    found = glob.glob(os.path.join(config.get('paths', 'asn'), '*.asn'))
    found.sort()
    return found
