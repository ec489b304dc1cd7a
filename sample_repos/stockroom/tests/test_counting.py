from base import Filled, NOW
from stockroom import db, util
from stockroom.counting import sheets, variance
from stockroom.stock import ledger


class SheetTest(Filled):
    def test_open(self):
        no = sheets.open_sheet('B', 'ann')
        self.assertEquals([(l.bin_code, l.sku, l.expected) for l in sheets.lines(no)],
                          [('B-02-03-0', 'AB-10', 20), ('B-02-02-0', 'CD-7', 4), ('B-02-01-0', 'AB-10', 9)])

    def test_open_twice(self):
        sheets.open_sheet('B')
        self.assertRaises(sheets.CountError, sheets.open_sheet, 'B')

    def test_parse_entry(self):
        text = '# zone B\nb-02-01-0 ab-10 9\n\nB-02-02-0 CD-7 04 # dusty\n'
        self.assertEquals(sheets.parse_entry(text), [('B-02-01-0', 'AB-10', 9), ('B-02-02-0', 'CD-7', 4)])

    def test_parse_entry_wrong(self):
        try:
            sheets.parse_entry('a b 1\na b\n')
        except sheets.CountError, e:
            self.assertEquals(str(e), "line 2: 'a b'")
        else:
            self.fail()

    def test_progress_is_cut_off(self):
        no = sheets.open_sheet('B')
        sheets.enter(no, 'B-02-01-0', 'AB-10', 9)
        sheets.enter(no, 'B-02-02-0', 'CD-7', 4)
        self.assertEquals(sheets.progress(no), 66)

    def test_found_something(self):
        no = sheets.open_sheet('B')
        sheets.enter(no, 'B-02-01-0', 'AB-2', 3)
        self.assertEquals(sheets.lines(no)[-1].expected, 0)

    def test_due_never_counted_first(self):
        no = sheets.open_sheet('B')
        for line in sheets.lines(no):
            sheets.enter(no, line.bin_code, line.sku, line.expected)
        util.fixed_now = NOW + 100 * 86400
        due = sheets.due()
        self.assertEquals((due[0], due[-1]), ('A-01-01-0', 'B-02-03-0'))
        self.assertEquals(len(due), 11)


class VarianceTest(Filled):
    def setUp(self):
        Filled.setUp(self)
        self.no = sheets.open_sheet('A')

    def count(self, big, little):
        sheets.enter(self.no, 'A-01-01-0', 'AB-1', big)
        sheets.enter(self.no, 'A-01-03-1', 'AB-1', little)

    def line(self, expected, counted):
        class Line:
            pass
        l = Line()
        l.expected, l.counted = expected, counted
        return l

    def test_differences(self):
        self.count(245, 50)
        self.assertEquals([(p, l.bin_code) for p, l in variance.differences(self.no)],
                          [(120, 'A-01-03-1'), (-60, 'A-01-01-0')])

    def test_ratio_is_cut_downwards(self):
        self.assertEquals(variance.ratio(self.line(300, 299)), -1)
        self.assertEquals(variance.ratio(self.line(300, 301)), 0)
        self.assertEquals(variance.ratio(self.line(0, 5)), 100)

    def test_small(self):
        self.assert_(variance.small(self.line(100, 102)))
        self.assert_(variance.small(self.line(1000, 1029)))
        self.failIf(variance.small(self.line(1000, 979)))

    def test_post_small_ones(self):
        self.count(247, 50)
        self.assertEquals(variance.post(self.no, 'boss'), (1, 1))
        self.assertEquals((ledger.qty_in('A-01-01-0', 'AB-1'), ledger.qty_in('A-01-03-1', 'AB-1')), (247, 40))
        self.assertEquals(db.value('SELECT status FROM count_sheets'), 'OPEN')

    def test_post_all(self):
        self.count(247, 50)
        self.assertEquals(variance.post(self.no, 'boss', 1), (2, 0))
        self.assertEquals(db.value('SELECT status FROM count_sheets'), 'DONE')
        self.assertEquals(ledger.on_hand('AB-1'), ledger.balance('AB-1'))

    def test_post_what_was_found(self):
        sheets.enter(self.no, 'A-01-02-0', 'AB-2', 7)
        variance.post(self.no, 'boss', 1)
        self.assertEquals(ledger.qty_in('A-01-02-0', 'AB-2'), 7)

    def test_accuracy(self):
        self.count(250, 41)
        self.assertEquals(variance.accuracy(self.no), 50)

    def test_spread(self):
        self.assertEquals(variance.spread([-3, None, 0, 1, -5]), (-5, -3, -2, 1))
        self.assertEquals(variance.spread([None]), None)
