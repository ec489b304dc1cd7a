# -*- coding: utf-8 -*-
from base import TestCase, NOW
from stockroom import util


class NumberTest(TestCase):
    def test_percent_is_cut_off(self):
        self.assertEquals(util.percent(2, 3), 66)
        self.assertEquals(util.percent(199, 200), 99)
        self.assertEquals(str(util.percent(1, 4)), '25')

    def test_percent_of_nothing(self):
        self.assertEquals(util.percent(5, 0), 0)

    def test_pages(self):
        self.assertEquals([util.pages(n, 25) for n in (0, 1, 25, 26)], [0, 1, 1, 2])

    def test_average_is_full_pence(self):
        self.assertEquals(util.average_pence(1000, 3), 333)
        self.assertEquals(`util.average_pence(10, 4)`, '2')

    def test_average_of_nothing(self):
        self.assertEquals(util.average_pence(1000, 0), 0)

    def test_pounds(self):
        self.assertEquals(util.pounds(1234567), '12,345.67')
        self.assertEquals(util.pounds(5), '0.05')

    def test_pounds_below_zero(self):
        self.assertEquals(util.pounds(-123456), '-1,234.56')

    def test_to_pence(self):
        self.assertEquals(map(util.to_pence, ['12.50', '12,5', ' 7 ']), [1250, 1250, 700])

    def test_to_pence_half_up(self):
        # 0.125 and 0.625 are exact in binary
        self.assertEquals(util.to_pence('0.125'), 13)
        self.assertEquals(util.to_pence('0.625'), 63)

    def test_vat_half_up(self):
        self.assertEquals(util.with_vat(100), 120)
        self.assertEquals(type(util.with_vat(999)), int)

    def test_split_evenly(self):
        self.assertEquals(util.split_evenly(10, 3), [4, 3, 3])
        self.assertEquals(util.split_evenly(2, 3), [1, 1, 0])

    def test_middle_is_the_lower_one(self):
        self.assertEquals(util.middle([9, 1, 5, 7]), 5)
        self.assertEquals(util.middle([3]), 3)

    def test_as_int(self):
        self.assertEquals([util.as_int(v) for v in ('12', ' 7 ', '', 'x', None, 5, 10L)], [12, 7, 0, 0, 0, 5, 10])

    def test_as_int_default(self):
        self.assertEquals(util.as_int('', None), None)


class DateTest(TestCase):
    def test_stamp(self):
        self.assertEquals(util.stamp(), '2016-11-02 09:30:00')
        self.assertEquals(util.stamp(NOW + 60), '2016-11-02 09:31:00')

    def test_days_between_over_clock_change(self):
        self.assertEquals(util.days_between('2016-10-29', '2016-10-31'), 2)
        self.assertEquals(util.days_between('2016-03-26', '2016-03-28'), 2)

    def test_add_days(self):
        self.assertEquals(util.add_days('2016-02-28', 2), '2016-03-01')
        self.assertEquals(util.add_days('2016-01-01', -1), '2015-12-31')

    def test_ui_date(self):
        self.assertEquals(util.ui_date('2016-11-02 09:30:00'), '02/11/2016')
        self.assertEquals(util.ui_date(None), '')


class TextTest(TestCase):
    def test_squeeze(self):
        self.assertEquals(util.squeeze('ab-12/ 3'), 'AB123')

    def test_only_digits_is_text(self):
        self.assertEquals(util.only_digits('a1-2b3'), '123')

    def test_to_unicode(self):
        self.assertEquals(util.to_unicode('caf\xc3\xa9'), u'caf\xe9')
        self.assertEquals(util.to_unicode(None), u'')
        self.assertEquals(util.to_unicode(12), u'12')

    def test_to_unicode_old_rows(self):
        self.assertEquals(util.to_unicode('caf\xe9'), u'caf\xe9')

    def test_shorten_counts_characters(self):
        self.assertEquals(util.shorten('\xc3\xa9' * 5, 5), '\xc3\xa9' * 5)
        self.assertEquals(util.to_unicode(util.shorten('\xc3\xa9' * 6, 5)), u'\xe9\xe9\xe9\xe9\u2026')

    def test_fixed_is_cut_in_bytes(self):
        self.assertEquals(util.fixed('Mie\xc3\x9fner', 8), 'Mie\xdfner ')
        self.assertEquals(util.fixed('abcdef', 4), 'abcd')

    def test_fixed_unknown_character(self):
        self.assertEquals(util.fixed(u'\u20ac5', 3), '?5 ')

    def test_is_text(self):
        self.assert_(util.is_text('a') and util.is_text(u'a'))
        self.failIf(util.is_text(1))

    def test_slug(self):
        self.assertEquals(util.slug('Junction Box (IP 44)'), 'junction-box-ip-44')


class SortTest(TestCase):
    def test_natural(self):
        codes = ['A10', 'A2', 'A1B', 'A1']
        codes.sort(util.natural_cmp)
        self.assertEquals(codes, ['A1', 'A1B', 'A2', 'A10'])

    def test_numbers_before_letters(self):
        codes = ['A-B', 'AA', '10', 'A', '9']
        codes.sort(util.natural_cmp)
        self.assertEquals(codes, ['9', '10', 'A', 'A-B', 'AA'])

    def test_mixed_parts(self):
        self.assertEquals(util.natural_cmp('7A', 'A7'), -1)
        self.assertEquals(util.natural_cmp('A7', 'A7'), 0)

    def test_rows_without_value_are_first(self):
        rows = [{'n': 3}, {'n': None}, {'n': 1}]
        self.assertEquals([r['n'] for r in util.sort_rows(rows, 'n')], [None, 1, 3])
        self.assertEquals([r['n'] for r in util.sort_rows(rows, 'n', 1)], [3, 1, None])

    def test_rows_numbers_before_text(self):
        rows = [{'n': 'b'}, {'n': 2}, {'n': 'a'}, {'n': None}, {'n': 1}]
        self.assertEquals([r['n'] for r in util.sort_rows(rows, 'n')], [None, 1, 2, 'a', 'b'])

    def test_by_count(self):
        self.assertEquals(util.by_count({'b': 2, 'a': 2, 'c': 5}), [('c', 5), ('a', 2), ('b', 2)])

    def test_group_by(self):
        groups = util.group_by([{'z': 'A', 'n': 1}, {'z': 'B', 'n': 2}, {'z': 'A', 'n': 3}], 'z')
        self.assertEquals([r['n'] for r in groups['A']], [1, 3])

    def test_unique_keeps_the_order(self):
        self.assertEquals(util.unique(['b', 'a', 'b', 'c', 'a']), ['b', 'a', 'c'])


class IteratorTest(TestCase):
    def test_batches(self):
        self.assertEquals(list(util.Batches(range(5), 2)), [[0, 1], [2, 3], [4]])

    def test_batches_by_hand(self):
        batches = util.Batches('abc', 2)
        self.assertEquals(batches.next(), ['a', 'b'])
        self.assertEquals(batches.next(), ['c'])
        self.assertRaises(StopIteration, batches.next)

    def test_pairwise(self):
        self.assertEquals(list(util.pairwise('abcd')), [('a', 'b'), ('b', 'c'), ('c', 'd')])

    def test_pairwise_of_little(self):
        self.assertEquals(list(util.pairwise([])), [])
        self.assertEquals(list(util.pairwise([1])), [])


class CheckTest(TestCase):
    def test_check_digit(self):
        self.assertEquals(util.check_digit('400638133393'), 1)
        self.assertEquals(util.check_digit('9638507'), 4)

    def test_digest(self):
        self.assertEquals(util.digest('abc'), '900150983cd24fb0d6963f7d28e17f72')

    def test_crc_is_never_negative(self):
        self.assertEquals(util.crc('stockroom'), util.crc('stockroom'))
        self.assertEquals(util.crc('123456789'), 'CBF43926')

    def test_token(self):
        self.assertEquals(len(util.token()), 24)
        self.assertNotEquals(util.token(), util.token())

    def test_log(self):
        util.log('%s is %d', 'x', 5)
        self.assertEquals(self.log(), '2016-11-02 09:30:00 x is 5\n')
