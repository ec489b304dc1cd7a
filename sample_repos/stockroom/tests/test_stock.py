import os
import stat

from base import Filled, TestCase
from stockroom import db, util
from stockroom.stock import allocation, ledger, locations, snapshot, valuation


class LocationTest(Filled):
    def test_parse(self):
        self.assertEquals(locations.parse('a-03-12-2'), ('A', 3, 12, 2))
        self.assertEquals(locations.parse('B-3-08'), ('B', 3, 8, None))
        self.assertEquals(locations.parse('DOCK1'), ('D', None, None, None))

    def test_parse_wrong(self):
        for code in ('', 'A3', 'Z-01-01', 'A-1-1-12'):
            self.assertRaises(locations.BinError, locations.parse, code)

    def test_walk(self):
        codes = ['B-02-01-0', 'A-01-02-1', 'DOCK1', 'B-02-03-0', 'A-01-02-0', 'A-01-01-0']
        self.assertEquals(locations.walk(codes), ['DOCK1', 'A-01-01-0', 'A-01-02-0', 'A-01-02-1', 'B-02-03-0',
                                                  'B-02-01-0'])

    def test_walk_without_level_first(self):
        locations.create('C-01-01')
        locations.create('C-01-01-0')
        self.assertEquals(locations.walk(['C-01-01-0', 'C-01-01']), ['C-01-01', 'C-01-01-0'])

    def test_walk_unknown(self):
        self.assertRaises(locations.BinError, locations.walk, ['A-01-01-0', 'X'])

    def test_distance_rounds_half_away(self):
        self.assertEquals(locations.distance('A-01-01', 'A-03-02'), 7.0)
        self.assertEquals(locations.distance('DOCK1', 'A-03-02'), 20.0)

    def test_middle_bay(self):
        self.assertEquals(locations.middle_bay(1), 1)

    def test_block(self):
        locations.block('A-01-01-0')
        self.assertEquals(util.free_qty('AB-1'), 40)
        self.assertRaises(locations.BinError, locations.block, 'nowhere')

    def test_empty_bins(self):
        self.assertEquals(locations.empty_bins('A'), ['A-01-01-1', 'A-01-02-0', 'A-01-02-1', 'A-01-03-0'])

    def test_listing(self):
        self.assertEquals([b.code for b in locations.listing('B')], ['B-02-03-0', 'B-02-02-0', 'B-02-01-0'])


class LedgerTest(Filled):
    def test_move(self):
        self.assertEquals(ledger.move('AB-1', 'A-01-01-0', -50, 'PICK', 'D1', 'ann'), 200)
        row = ledger.history('AB-1', 1)[0]
        self.assertEquals((row.qty, row.reason, row.login, row.at), (-50, 'PICK', 'ann', '2016-11-02 09:30:00'))

    def test_move_too_much(self):
        try:
            ledger.move('AB-1', 'A-01-01-0', -251, 'PICK')
        except ledger.StockError, e:
            self.assertEquals(str(e), 'only 250 of AB-1 in A-01-01-0')
        else:
            self.fail()

    def test_move_without_reason(self):
        self.assertRaises(ValueError, ledger.move, 'AB-1', 'A-01-01-0', 1, 'LOST')

    def test_transfer(self):
        ledger.transfer('AB-1', 'A-01-01-0', 'A-01-02-0', 100)
        self.assertEquals((ledger.qty_in('A-01-01-0', 'AB-1'), ledger.qty_in('A-01-02-0', 'AB-1')), (150, 100))
        self.assertEquals(ledger.on_hand('AB-1'), ledger.balance('AB-1'))

    def test_drift(self):
        self.assertEquals(ledger.drift(), [])
        db.execute("UPDATE bin_stock SET qty = 5 WHERE sku = 'CD-7'")
        db.execute("DELETE FROM bin_stock WHERE sku = 'AB-10'")
        self.assertEquals(ledger.drift(), [('AB-10', 0, 29), ('CD-7', 5, 4)])

    def test_turnover_is_whole_pieces(self):
        ledger.move('AB-1', 'A-01-01-0', -100, 'PICK')
        self.assertEquals(ledger.turnover('AB-1', 30), 3)
        self.assertEquals(ledger.turnover('AB-10', 30), 0)

    def test_days_left(self):
        ledger.move('AB-1', 'A-01-01-0', -100, 'PICK')
        self.assertEquals(ledger.days_left('AB-1'), 63)
        self.assertEquals(ledger.days_left('AB-10'), None)


class AllocationTest(Filled):
    def test_smallest_bin_that_has_all(self):
        self.assertEquals(allocation.choose('AB-1', 40), [('A-01-03-1', 40)])
        self.assertEquals(allocation.choose('AB-1', 41), [('A-01-01-0', 41)])

    def test_several_bins(self):
        self.assertEquals(allocation.choose('AB-10', 25), [('B-02-03-0', 20), ('B-02-01-0', 5)])

    def test_same_free_by_walk(self):
        ledger.move('CD-7', 'B-02-03-0', 4, 'GRN')
        self.assertEquals(allocation.choose('CD-7', 2), [('B-02-03-0', 2)])

    def test_allocate_and_release(self):
        self.assertEquals(allocation.allocate(1, 'AB-10', 35), 6)
        self.assertEquals(util.free_qty('AB-10'), 0)
        allocation.release(1)
        self.assertEquals(util.free_qty('AB-10'), 29)

    def test_pick(self):
        allocation.allocate(1, 'CD-7', 3)
        self.assertEquals(allocation.pick(1, 2), 2)
        self.assertEquals((ledger.on_hand('CD-7'), util.free_qty('CD-7')), (2, 2))
        self.assertRaises(KeyError, allocation.pick, 1)

    def test_share_out(self):
        self.assertEquals(allocation.share_out(10, {'a': 10, 'b': 5, 'c': 4}), {'a': 6, 'b': 2, 'c': 2})
        self.assertEquals(sum(allocation.share_out(7, {'a': 10, 'b': 5, 'c': 4}).values()), 7)

    def test_share_out_enough(self):
        self.assertEquals(allocation.share_out(10, {'a': 3, 'b': 5}), {'a': 3, 'b': 5})


class ValuationTest(Filled):
    def layers(self):
        return [valuation.Layer(10, 100), valuation.Layer(5, 130), valuation.Layer(3, 90)]

    def test_fifo(self):
        cost, left = valuation.fifo(self.layers(), 12)
        self.assertEquals(cost, 1260)
        self.assertEquals([(l.qty, l.price) for l in left], [(3, 130), (3, 90)])

    def test_fifo_short(self):
        self.assertRaises(ValueError, valuation.fifo, self.layers(), 19)

    def test_average(self):
        self.assertEquals(valuation.average(self.layers()), 106)

    def test_halve(self):
        self.assertEquals([l.qty for l in valuation.halve(self.layers())], [5, 2, 1])

    def test_cheapest(self):
        self.assertEquals(valuation.cheapest(self.layers()).price, 90)

    def test_stock_value(self):
        self.assertEquals(valuation.stock_value(), {'clips': 3480, 'boxes': 6960, 'none': 19996})

    def test_revalue(self):
        self.assertEquals(valuation.revalue('AB-10', 10, 300), 255)
        self.assertEquals(db.value("SELECT cost_pence FROM items WHERE sku = 'AB-10'"), 255)

    def test_revalue_of_nothing(self):
        self.assertEquals(valuation.revalue('AB-10', -29, 300), 240)

    def test_write_down(self):
        self.assertEquals(valuation.write_down(10000, 3), 7500)
        self.assertEquals(valuation.write_down(10000, 30), 0)
        self.assertEquals(valuation.write_down(250, 0), 300)
        self.assertEquals(valuation.write_down(450, 0), 500)


class SnapshotTest(Filled):
    def test_save_and_load(self):
        path = snapshot.save(snapshot.take())
        self.assertEquals(os.path.basename(path), 'stock-2016-11-02.pickle')
        self.assertEquals(stat.S_IMODE(os.stat(path).st_mode), 0640)
        self.assertEquals(snapshot.load('2016-11-02')['lines'][0], ('A-01-01-0', 'AB-1', 250))
        self.assertEquals(snapshot.days(), ['2016-11-02'])

    def test_other_version(self):
        s = snapshot.take('2016-01-01')
        s['version'] = 2
        snapshot.save(s)
        self.assertRaises(ValueError, snapshot.load, '2016-01-01')

    def test_checksum(self):
        data = snapshot.dumps(snapshot.take())
        self.assertEquals(len(snapshot.loads(data)['lines']), 5)
        self.assertRaises(ValueError, snapshot.loads, data[:-1] + '!')

    def test_compare(self):
        old = snapshot.take()
        ledger.transfer('CD-7', 'B-02-02-0', 'A-01-02-1', 4)
        ledger.move('AB-1', 'A-01-01-0', 1, 'RETURN')
        self.assertEquals(snapshot.compare(old, snapshot.take()), [
            ('A-01-01-0', 'AB-1', 250, 251), ('A-01-02-1', 'CD-7', 0, 4), ('B-02-02-0', 'CD-7', 4, 0)])
