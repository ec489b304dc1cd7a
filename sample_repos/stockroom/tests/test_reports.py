from cStringIO import StringIO

from base import Filled, TestCase
from stockroom import db
from stockroom.counting import sheets
from stockroom.dispatch import demands, waves
from stockroom.receiving import goodsin, purchase, suppliers
from stockroom.reports import formula, pareto, queries, textreport
from stockroom.reports.textreport import Column, Report


class QueryTest(Filled):
    def test_cover(self):
        suppliers.save('KLEM', 'Klemm', email='o@k.example')
        suppliers.set_price('KLEM', 'AB-2', 10)
        purchase.send(purchase.raise_order('KLEM', [('AB-2', 500)]))
        demands.place('x', [('CD-7', 6)])
        self.assertEquals(queries.cover(), [('AB-1', 290, 0, 0, 290), ('AB-10', 29, 0, 0, 29), ('AB-2', 0, 0, 500, 500),
                                            ('CD-7', 4, 6, 0, -2)])
        self.assertEquals(db.value('SELECT rows FROM report_runs'), 4)

    def test_supplier_delay_is_cut_off(self):
        suppliers.save('KLEM', 'Klemm', lead_days=1)
        suppliers.set_price('KLEM', 'AB-2', 10)
        for day in ('2016-10-31', '2016-10-30'):
            goodsin.receive(purchase.raise_order('KLEM', [('AB-2', 5)], day), {'AB-2': 5})
        self.assertEquals(queries.supplier_delay(), [('KLEM', 2, 1)])

    def test_pickers(self):
        for qty in (5, 10):
            demands.allocate(demands.place('x', [('AB-1', qty)]))
            waves.confirm(waves.open_wave('pick1'))
        self.assertEquals(queries.pickers(), [('Ann Zell', 2, 7)])

    def test_count_loss(self):
        no = sheets.open_sheet('B')
        sheets.enter(no, 'B-02-02-0', 'CD-7', 3)
        self.assertEquals([(r.zone, r.pence) for r in queries.count_loss()], [('B', -4999)])


class ParetoTest(Filled):
    def test_classify(self):
        sold = {'a': 50, 'b': 30, 'c': 10, 'd': 6, 'e': 4, 'f': 0}
        self.assertEquals(pareto.classify(sold), {'a': 'A', 'b': 'A', 'c': 'B', 'd': 'B', 'e': 'C', 'f': 'C'})

    def test_share_is_cut_off(self):
        # 799 of 1000 are 79%, so the next one is still A
        self.assertEquals(pareto.classify({'a': 799, 'b': 101, 'c': 100})['b'], 'A')

    def test_update(self):
        db.execute("UPDATE items SET sold_12m = 90 WHERE sku = 'AB-1'")
        db.execute("UPDATE items SET sold_12m = 10 WHERE sku = 'CD-7'")
        counts = pareto.update()
        self.assertEquals((counts['A'], counts['B'], counts['C']), (1, 1, 2))
        self.assertEquals(counts.biggest(), 'C')

    def test_histogram(self):
        self.assertEquals(pareto.histogram([3, 6, 1], 10), ['    3 #####', '    6 ##########', '    1 #'])

    def test_buckets(self):
        self.assertEquals(pareto.buckets([1, 9, 10, 25, -1], 10), {0: 2, 10: 1, 20: 1, -10: 1})


class FormulaTest(Filled):
    def row(self):
        return db.one("SELECT cost_pence AS cost, pack_size AS pack FROM items WHERE sku = 'AB-1'")

    def test_expression(self):
        self.assertEquals(formula.run('cost * pack', self.row()), 1200)

    def test_division_is_whole(self):
        self.assertEquals(formula.run('cost // 5', self.row()), 2)

    def test_statements(self):
        self.assertEquals(formula.run('x = cost + 1\nresult = pounds(x * pack)', self.row()), '13.00')

    def test_rounded(self):
        self.assertEquals(formula.run('rounded(cost / 8.0 + 1)', self.row()), 3)

    def test_error(self):
        try:
            formula.run('cost // 0', self.row())
        except formula.FormulaError, e:
            self.assertEquals(str(e).split(':')[0], 'ZeroDivisionError')
        else:
            self.fail()

    def test_nothing_dangerous(self):
        self.assertRaises(formula.FormulaError, formula.run, "open('/etc/passwd')", self.row())

    def test_no_result(self):
        self.assertRaises(formula.FormulaError, formula.run, 'x = 1', self.row())

    def test_sorted_column(self):
        # AB-2 has no stock: None
        self.assertEquals(formula.sorted_column('qty'), [('AB-1', 290), ('AB-10', 29), ('CD-7', 4), ('AB-2', None)])

    def test_sorted_column_with_text(self):
        code = "result = cost\nif cost > 1000: result = 'dear'"
        self.assertEquals([v for s, v in formula.sorted_column(code)], ['dear', 240, 13, 12])

    def test_arguments(self):
        self.assertEquals(formula.arguments('percent'), ['part', 'whole'])
        self.assertEquals(formula.arguments('min'), ['...'])

    def test_apply_all(self):
        self.assertEquals(formula.apply_all([min, max, divmod], 7, 2), [2, 7, (3, 1)])


class TextReportTest(TestCase):
    def report(self):
        r = Report('List', [Column('Name', 6), Column('Qty', 4, 1)])
        r.add('M\xc3\xbcller & Co', 5)
        r.add(u'\xe9', None)
        return r

    def test_text(self):
        self.assertEquals(self.report().text(), 'List   02/11/2016   page 1 of 1\nName    Qty\n'
                          'M\xc3\xbcller    5\n\xc3\xa9         -\n')

    def test_pages(self):
        r = self.report()
        for n in range(60):
            r.add('x', n)
        text = r.text()
        self.assertEquals(r.pages(), 2)
        self.assert_('page 2 of 2' in text)
        self.assertEquals(text.count('\f'), 1)

    def test_no_rows(self):
        self.assertEquals(Report('x', []).pages(), 1)

    def test_wrong_number_of_values(self):
        self.assertRaises(ValueError, self.report().add, 1)

    def test_sort_none_numbers_text(self):
        r = Report('x', [Column('v', 5)])
        for v in ('b', 3, None, 'a', 2.5):
            r.add(v)
        r.sort(0)
        self.assertEquals([row[0] for row in r.rows], [None, 2.5, 3, 'a', 'b'])
        r.sort(0, 1)
        self.assertEquals(r.rows[0][0], 'b')

    def test_totals(self):
        r = Report('x', [Column('a', 5), Column('b', 5), Column('c', 5)])
        r.add(1, 'x', 0.5)
        r.add(2, 'y', 1)
        self.assertEquals(r.totals(), [3, None, 1.5])

    def test_cells(self):
        self.assertEquals(Column('x', 5, 1).cell(2.25), u'  2.2')
        self.assertEquals(Column('x', 3).cell(12345L), u'123')

    def test_two_columns(self):
        self.assertEquals(textreport.two_columns(['a', 'b', 'c'], ['1'], 3), ['a   | 1', 'b   | ', 'c   | '])
        self.assertEquals(textreport.two_columns(['a'], ['1', '2'], 3), ['a   | 1', '    | 2'])

    def test_to_stdout(self):
        import sys
        old, sys.stdout = sys.stdout, StringIO()
        try:
            self.report().write()
            text = sys.stdout.getvalue()
        finally:
            sys.stdout = old
        self.assertEquals(text, self.report().text())
