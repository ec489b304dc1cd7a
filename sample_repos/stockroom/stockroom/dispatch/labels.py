"""Label blocks for the printer: header, text as latin-1, bars, compressed."""
import array
import struct
import zlib
import binascii
import base64

from stockroom import util
from stockroom.items import barcode

ESC = '\x1b'
HEADER = '>2sBBH'


def build(parcel_no, customer, postcode, grams):
    """Binary. The printer wants the length in front (two bytes, big endian)."""
    text = util.fixed(customer, 30) + util.fixed(postcode.upper(), 8) + '%06d' % grams
    body = text + barcode.packed_bars(parcel_no)
    head = struct.pack(HEADER, 'TL', 1, len(parcel_no), len(body))
    return head + parcel_no + body


def parse(label):
    kind, version, n, length = struct.unpack(HEADER, label[:6])
    if kind <> 'TL':
        raise ValueError, 'not a label: %r' % kind
    parcel_no, body = label[6:6 + n], label[6 + n:]
    if len(body) <> length:
        raise ValueError, 'label is %d bytes, not %d' % (len(body), length)
    return {'parcel_no': parcel_no, 'customer': unicode(body[:30].rstrip(), 'latin-1'),
            'postcode': body[30:38].strip(), 'grams': int(body[38:44]), 'bars': body[44:]}


def check_sum(label):
    """All bytes, one byte"""
    return reduce(lambda a, b: (a + b) % 256, map(ord, label), 0)


def invert(label):
    """White on black for 'FRAGILE'"""
    cells = array.array('B', label)
    for i in range(len(cells)):
        cells[i] = cells[i] ^ 0xFF
    return cells.tostring()


def spool(labels):
    """All labels of a run as one block for the print server"""
    raw = ''.join([ESC + 'L' + struct.pack('>H', len(l)) + l + chr(check_sum(l)) for l in labels])
    return zlib.compress(raw, 9)


def unspool(block):
    raw = zlib.decompress(block)
    labels, i = [], 0
    while i < len(raw):
        if raw[i:i + 2] <> ESC + 'L':
            raise ValueError('no label at %d' % i)
        (n,) = struct.unpack('>H', raw[i + 2:i + 4])
        label = raw[i + 4:i + 4 + n]
        if ord(raw[i + 4 + n]) <> check_sum(label):
            raise ValueError('sum at %d' % i)
        labels.append(label)
        i += 5 + n
    return labels


def as_hex(label):
    """For the log"""
    return binascii.hexlify(label).upper()


def as_text(label):
    """For the mail when the printer is down; lines of 76"""
    return base64.encodestring(label)


def from_text(text):
    return base64.decodestring(text)


def short_id(parcel_no):
    """Six letters that a driver can say on the phone"""
    return base64.b32encode(struct.pack('>I', binascii.crc32(parcel_no) & 0xffffffffL))[:6]
