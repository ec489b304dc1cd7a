"""Reports as text, 66 lines a page, for mail and for the printer in the office."""
import sys
from cStringIO import StringIO

from stockroom import util

LINES = 60


class Column:
    def __init__(self, title, width, right=0):
        self.title = title
        self.width = width
        self.right = right

    def cell(self, value):
        if value is None:
            text = u'-'
        elif isinstance(value, basestring):
            text = util.to_unicode(value)
        elif isinstance(value, float):
            text = u'%.1f' % value
        else:
            text = unicode(value)
        text = text[:self.width]
        if self.right:
            return text.rjust(self.width)
        return text.ljust(self.width)


class Report:
    def __init__(self, title, columns):
        self.title = title
        self.columns = columns
        self.rows = []

    def add(self, *values):
        if len(values) <> len(self.columns):
            raise ValueError, '%d values for %d columns' % (len(values), len(self.columns))
        self.rows.append(values)

    def sort(self, number, down=0):
        """By a column; None is before everything, numbers are before text"""
        self.rows.sort(lambda a, b: cmp(a[number], b[number]))
        if down:
            self.rows.reverse()

    def line(self, values):
        cells = map(lambda (c, v): c.cell(v), zip(self.columns, values))
        return u' '.join(cells).rstrip()

    def pages(self):
        return util.pages(len(self.rows), LINES) or 1

    def write(self, fp=None):
        fp = fp or sys.stdout
        count = self.pages()
        for n in xrange(count):
            print >>fp, '%s   %s   page %d of %d' % (self.title, util.ui_date(util.today()), n + 1, count)
            print >>fp, self.line([c.title for c in self.columns]).encode('utf-8')
            for values in self.rows[n * LINES:(n + 1) * LINES]:
                print >>fp, self.line(values).encode('utf-8')
            if n + 1 < count:
                print >>fp, '\f',

    def text(self):
        fp = StringIO()
        self.write(fp)
        return fp.getvalue()

    def totals(self):
        """Sums of the columns that are all numbers"""
        sums = []
        for i in range(len(self.columns)):
            values = [row[i] for row in self.rows]
            if values and not filter(lambda v: not isinstance(v, (int, long, float)), values):
                sums.append(reduce(lambda a, b: a + b, values))
            else:
                sums.append(None)
        return sums


def two_columns(left, right, width=30):
    """Side by side, the shorter one is filled with nothing"""
    return ['%s | %s' % ((a or '').ljust(width), b or '') for a, b in map(None, left, right)]
