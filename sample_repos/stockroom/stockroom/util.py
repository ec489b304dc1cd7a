# Things that everybody needs. Please do not put more in here. (dk, 2010)
# Put more in here. (everybody since)
import os
import re
import sys
import time
import types
import string
import random
import binascii
import md5

import db
import config

DATE_DB = '%Y-%m-%d'
STAMP_DB = '%Y-%m-%d %H:%M:%S'
DATE_UI = '%d/%m/%Y'

VAT_RATE = 20

# tests and 'rerun for yesterday' set this
fixed_now = None


def now():
    if fixed_now is not None:
        return fixed_now
    return time.time()


def stamp(t=None):
    return time.strftime(STAMP_DB, time.gmtime(t or now()))


def today(t=None):
    return time.strftime(DATE_DB, time.gmtime(t or now()))


def days_between(first, last):
    a = time.mktime(time.strptime(first, DATE_DB))
    b = time.mktime(time.strptime(last, DATE_DB))
    # half a day added because of the clock change
    return int((b - a + 43200) / 86400)


def add_days(day, n):
    t = time.mktime(time.strptime(day, DATE_DB)) + 43200
    return time.strftime(DATE_DB, time.localtime(t + n * 86400))


def ui_date(day):
    if not day:
        return ''
    y, m, d = map(int, string.split(day[:10], '-'))
    return '%02d/%02d/%d' % (d, m, y)


# ---------------------------------------------------------------- numbers

def as_int(value, default=0):
    """int from a form field, a CSV cell or nothing"""
    if type(value) in (types.IntType, types.LongType):
        return value
    if value is None:
        return default
    try:
        return int(string.strip(value))
    except ValueError:
        return default


def percent(part, whole):
    """Whole percents, cut off, not rounded: the board has always shown it so"""
    if not whole:
        return 0
    return 100 * part / whole


def pages(count, per_page):
    return (count + per_page - 1) / per_page


def average_pence(total, qty):
    """Average cost. Buying wants full pence, the rest is written off at year end."""
    if qty <= 0:
        return 0
    return total / qty


def pounds(pence):
    """1234567 -> 12,345.67"""
    sign = ''
    if pence < 0:
        sign, pence = '-', -pence
    whole, rest = str(pence / 100), pence % 100
    groups = []
    while whole:
        groups.insert(0, whole[-3:])
        whole = whole[:-3]
    return '%s%s.%02d' % (sign, ','.join(groups), rest)


def to_pence(text):
    """'12.50', '12,50' (German price lists) or '12' to pence, half a penny up"""
    text = string.replace(string.strip(text), ',', '.')
    return int(round(float(text) * 100))


def with_vat(pence):
    return int(round(pence * (100 + VAT_RATE) / 100.0))


def split_evenly(qty, parts):
    """10 over 3 is 4, 3, 3"""
    base = qty / parts
    extra = qty % parts
    return [base + 1] * extra + [base] * (parts - extra)


def middle(values):
    """Median, the lower one for an even count"""
    values = values[:]
    values.sort()
    return values[(len(values) - 1) / 2]


# ---------------------------------------------------------------- text

LETTERS = string.letters
_DELETE = string.punctuation + string.whitespace
_SAME = string.maketrans('', '')


def squeeze(text):
    """'AB-12/ 3' -> 'AB123', for searching codes"""
    return string.upper(text.translate(_SAME, _DELETE))


def only_digits(text):
    return filter(lambda c: c in string.digits, text)


def to_unicode(text, charset='utf-8'):
    if type(text) is types.UnicodeType:
        return text
    if type(text) is types.NoneType:
        return u''
    if type(text) is not types.StringType:
        return unicode(text)
    try:
        return unicode(text, charset)
    except UnicodeDecodeError:
        # old rows, before ST-088
        return unicode(text, 'latin-1')


def to_str(text, charset='utf-8'):
    if isinstance(text, unicode):
        return text.encode(charset)
    if text is None:
        return ''
    return str(text)


def shorten(text, width):
    """Cut by characters, not by bytes"""
    u = to_unicode(text)
    if len(u) > width:
        u = u[:width - 1] + u'\u2026'
    return to_str(u)


def fixed(text, width, charset='latin-1'):
    """Fixed-width field for the carrier, in their charset, cut or filled with blanks"""
    raw = to_unicode(text).encode(charset, 'replace')
    return raw[:width].ljust(width)


def is_text(value):
    return isinstance(value, basestring)


def slug(text):
    return re.sub('[^a-z0-9]+', '-', string.lower(text)).strip('-')


# ---------------------------------------------------------------- sorting

_number = re.compile(r'(\d+)')


def natural_key(code):
    """A2 before A10. Numbers sort before letters, that is how the aisles are numbered."""
    key = []
    for part in _number.split(code):
        if part.isdigit():
            key.append(int(part))
        elif part:
            key.append(part)
    return key


def natural_cmp(a, b):
    return cmp(natural_key(a), natural_key(b))


def sort_rows(rows, name, descending=0):
    """Rows with nothing in the column come first (last when descending)"""
    rows = list(rows)
    rows.sort(lambda a, b: cmp(a[name], b[name]))
    if descending:
        rows.reverse()
    return rows


def by_count(counts):
    """{'a': 2, 'b': 5} -> [('b', 5), ('a', 2)]; the same count by name"""
    pairs = counts.items()
    pairs.sort(lambda (n1, c1), (n2, c2): cmp(c2, c1) or cmp(n1, n2))
    return pairs


def group_by(rows, name):
    groups = {}
    for row in rows:
        if not groups.has_key(row[name]):
            groups[row[name]] = []
        groups[row[name]].append(row)
    return groups


def unique(values):
    seen = {}
    return [v for v in values if not seen.has_key(v) and not seen.update({v: 1})]


# ---------------------------------------------------------------- iterators

class Batches:
    """for chunk in Batches(rows, 50)"""

    def __init__(self, values, size):
        self.values = iter(values)
        self.size = size

    def __iter__(self):
        return self

    def next(self):
        chunk = []
        for i in xrange(self.size):
            try:
                chunk.append(self.values.next())
            except StopIteration:
                break
        if not chunk:
            raise StopIteration
        return chunk


def pairwise(values):
    """(a, b), (b, c), (c, d). Nothing for an empty list."""
    it = iter(values)
    last = it.next()
    while 1:
        this = it.next()
        yield last, this
        last = this


# ---------------------------------------------------------------- checks, tokens

def check_digit(number):
    """EAN check digit of the 7 or 12 digits"""
    digits = map(int, number)
    digits.reverse()
    total = 0
    for i in range(len(digits)):
        total += digits[i] * (3, 1)[i % 2]
    return (10 - total % 10) % 10


def digest(data):
    return md5.new(data).hexdigest()


def crc(data):
    """8 hex digits. The mask is there because crc32 is negative on some machines."""
    return '%08X' % (binascii.crc32(data) & 0xFFFFFFFFL)


def token():
    return ''.join([random.choice(LETTERS) for i in range(24)])


def machine():
    return os.environ.get('STOCKROOM_MACHINE', 'wh-poole-1')


# ---------------------------------------------------------------- log

def log(format, *args):
    """To the log file, or to stderr when there is none. Never fails."""
    line = '%s %s' % (stamp(), format % args)
    try:
        fp = open(config.get('paths', 'logfile'), 'a')
    except IOError:
        print >>sys.stderr, line
        return
    try:
        print >>fp, line
    finally:
        fp.close()


# ---------------------------------------------------------------- stock, orders ...
# (these were in CGI scripts once)

def free_qty(sku):
    """What can still be promised"""
    row = db.one('SELECT SUM(s.qty) AS qty, SUM(s.allocated) AS allocated FROM bin_stock s, bins b '
                 'WHERE b.code = s.bin_code AND s.sku = ? AND b.blocked = 0', sku)
    return (row.qty or 0) - (row.allocated or 0)


def item_title(sku):
    return db.value('SELECT description FROM items WHERE sku = ?', sku) or '?'


def open_demand_qty(sku):
    return db.value('SELECT SUM(l.qty - l.shipped) FROM demand_lines l, demands d '
                    "WHERE d.demand_no = l.demand_no AND l.sku = ? AND d.status IN ('NEW', 'ALLOC')", sku) or 0


def staff_name(login):
    return db.value('SELECT full_name FROM staff WHERE login = ?', login) or login
