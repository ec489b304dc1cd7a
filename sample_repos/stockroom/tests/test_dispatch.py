import os
import struct
import urllib2
import zlib
from cStringIO import StringIO

from base import Filled, NOW
from stockroom import db, util
from stockroom.dispatch import carrier, demands, labels, packing, tracking, waves
from stockroom.stock import ledger, locations


class DemandTest(Filled):
    def test_place_unicode(self):
        no = demands.place(u'Caf\xe9 Nord', [('AB-1', 5)], address=u'Stra\xdfe 1')
        self.assertEquals(demands.get(no).customer, 'Caf\xc3\xa9 Nord')

    def test_place_nothing(self):
        self.assertRaises(demands.DemandError, demands.place, 'x', [('AB-1', 0)])

    def test_waiting_by_urgency(self):
        for i, prio in enumerate([None, 2, 1, None]):
            util.fixed_now = NOW - i * 60
            demands.place('c%d' % i, [('AB-1', 1)], priority=prio)
        self.assertEquals([d.customer for d in demands.waiting()], ['c2', 'c1', 'c3', 'c0'])

    def test_allocate(self):
        no = demands.place('x', [('AB-1', 10), ('AB-10', 3)])
        self.assertEquals(demands.allocate(no), True)
        self.assertEquals(demands.get(no).status, 'ALLOC')

    def test_allocate_in_two_steps(self):
        no = demands.place('x', [('CD-7', 6)])
        self.assertEquals(demands.allocate(no), False)
        ledger.move('CD-7', 'B-02-02-0', 10, 'GRN')
        self.assertEquals(demands.allocate(no), True)
        self.assertEquals(util.free_qty('CD-7'), 8)

    def test_cancel(self):
        no = demands.place('x', [('CD-7', 4)])
        demands.allocate(no)
        demands.cancel(no)
        self.assertEquals(util.free_qty('CD-7'), 4)
        self.assertRaises(demands.DemandError, demands.cancel, no)

    def test_open_qty(self):
        demands.place('x', [('CD-7', 4)])
        self.assertEquals(util.open_demand_qty('CD-7'), 4)

    def test_fill_rate_is_cut_off(self):
        no = demands.place('x', [('AB-1', 1), ('AB-2', 1), ('CD-7', 1)])
        demands.place('x', [('AB-1', 1)])
        db.execute('UPDATE demand_lines SET shipped = 1 WHERE id < 3')
        self.assertEquals(demands.fill_rate('2016-11-02'), 50)
        db.execute("DELETE FROM demand_lines WHERE demand_no <> ?", no)
        self.assertEquals(demands.fill_rate('2016-11-02'), 66)
        self.assertEquals(demands.fill_rate('2016-11-03'), 0)


class WaveTest(Filled):
    def setUp(self):
        Filled.setUp(self)
        self.first = demands.place('North', [('AB-1', 45), ('AB-10', 21)], postcode='bh15 1aa')
        self.second = demands.place('South', [('CD-7', 2), ('AB-1', 10)], priority=1, postcode='DT1')
        for no in (self.first, self.second):
            demands.allocate(no)

    def test_open(self):
        self.assertEquals(waves.open_wave('pick1'), 'W000001')
        self.assertEquals(demands.get(self.first).status, 'PICK')
        self.assertEquals(waves.open_wave('pick1'), None)

    def test_full_wave(self):
        wave_no = waves.open_wave('pick1', 3)
        rows = db.query('SELECT demand_no FROM wave_demands WHERE wave_no = ?', wave_no)
        self.assertEquals([r.demand_no for r in rows], [self.second])

    def test_sheet_follows_the_walk(self):
        wave_no = waves.open_wave('pick1')
        self.assertEquals([line[:3] for line in waves.sheet(wave_no)], [
            ('A-01-01-0', 'AB-1', 45), ('A-01-03-1', 'AB-1', 10), ('B-02-03-0', 'AB-10', 20), ('B-02-02-0', 'CD-7', 2),
            ('B-02-01-0', 'AB-10', 1)])

    def test_print(self):
        fp = StringIO()
        waves.print_sheet(waves.open_wave('pick1'), fp)
        lines = fp.getvalue().split('\n')
        self.assertEquals(lines[0], 'WAVE W000001   Ann Zell   2016-11-02 09:30:00')
        self.assertEquals(lines[2], '  1 A-01-01-0    AB-1                45 Cable clip white')
        self.assertEquals(lines[5], '  4 B-02-02-0    CD-7                 2 Caf\xc3\xa9 lamp')
        self.assertEquals(lines[-2:], ['', ''])

    def test_minutes_are_whole(self):
        self.assertEquals(waves.minutes(waves.open_wave('pick1')), 3)

    def test_split(self):
        self.assertEquals(waves.split(list('abcde'), 2), [['a', 'b', 'c'], ['d', 'e']])

    def test_confirm_and_pack(self):
        wave_no = waves.open_wave('pick1')
        self.assertEquals(waves.confirm(wave_no), 78)
        self.assertEquals(packing.pack(self.second), ['TE000001'])
        self.assertEquals(db.value('SELECT weight_g FROM parcels'), 5400)
        self.assertEquals(demands.get(self.second).status, 'SHIP')
        self.assertEquals(db.value("SELECT sold_12m FROM items WHERE sku = 'CD-7'"), 2)

    def test_confirm_short(self):
        wave_no = waves.open_wave('pick1')
        self.assertEquals(waves.confirm(wave_no, {1: 40}), 73)
        packing.pack(self.first)
        self.assertEquals([l.shipped for l in demands.lines(self.first)], [40, 21])

    def test_pack_too_early(self):
        self.assertRaises(demands.DemandError, packing.pack, self.first)

    def test_label_in_the_database(self):
        waves.confirm(waves.open_wave('pick1'))
        packing.pack(self.first)
        label = labels.parse(str(db.value('SELECT label FROM parcels')))
        self.assertEquals((label['customer'], label['postcode'], label['grams']), (u'North', 'BH15 1AA', 3095))


class PackingTest(Filled):
    def test_fit(self):
        pieces = [(15, 'a'), (8, 'b'), (5, 'c'), (4, 'd'), (30, 'e')]
        self.assertEquals(packing.fit(pieces, 20), [[(15, 'a'), (5, 'c')], [(8, 'b'), (4, 'd')], [(30, 'e')]])

    def test_kilos(self):
        self.assertEquals(map(packing.kilos, [1, 500, 501, 1200]), [0.5, 0.5, 1.0, 1.5])

    def test_contents(self):
        self.assertEquals(packing.contents([(5, 'B'), (5, 'A'), (5, 'B')]), '2 x B, 1 x A')

    def test_heaviest_first(self):
        no = demands.place('x', [('AB-10', 1), ('CD-7', 1), ('AB-1', 2)])
        demands.allocate(no)
        waves.confirm(waves.open_wave('pick1'))
        self.assertEquals(packing.piece_weights(no), [(2500, 'CD-7'), (120, 'AB-10'), (5, 'AB-1'), (5, 'AB-1')])


class LabelTest(Filled):
    def label(self):
        return labels.build('TE000042', 'Mie\xc3\x9fner & Sohn', 'bh15 1aa', 1250)

    def test_bytes(self):
        label = self.label()
        self.assertEquals(label[:6], 'TL\x01\x08' + struct.pack('>H', len(label) - 14))
        self.assertEquals(label[6:14], 'TE000042')
        self.assertEquals(label[14:44], 'Mie\xdfner & Sohn'.ljust(30))

    def test_parse(self):
        parts = labels.parse(self.label())
        self.assertEquals(parts['customer'], u'Mie\xdfner & Sohn')
        self.assertEquals((parts['parcel_no'], parts['postcode'], parts['grams']), ('TE000042', 'BH15 1AA', 1250))

    def test_parse_wrong(self):
        self.assertRaises(ValueError, labels.parse, 'XX' + self.label()[2:])
        self.assertRaises(ValueError, labels.parse, self.label()[:-1])

    def test_check_sum(self):
        self.assertEquals(labels.check_sum('\xff\x02\x00'), 1)
        self.assertEquals(labels.check_sum(''), 0)

    def test_invert(self):
        self.assertEquals(labels.invert('\x00\x0f\xff'), '\xff\xf0\x00')

    def test_spool(self):
        block = labels.spool([self.label(), 'abc'])
        self.assertEquals(zlib.decompress(block)[:2], '\x1bL')
        self.assertEquals(labels.unspool(block), [self.label(), 'abc'])

    def test_spool_damaged(self):
        raw = zlib.decompress(labels.spool(['abc']))
        self.assertRaises(ValueError, labels.unspool, zlib.compress(raw[:-1] + '\x00'))
        self.assertRaises(ValueError, labels.unspool, zlib.compress('x' + raw))

    def test_hex(self):
        self.assertEquals(labels.as_hex('\x00\xabz'), '00AB7A')

    def test_text(self):
        text = labels.as_text('\xff' * 60)
        self.assertEquals(text, '/' * 76 + '\n' + '////\n')
        self.assertEquals(labels.from_text(text), '\xff' * 60)

    def test_short_id(self):
        self.assertEquals(labels.short_id('TE000042'), labels.short_id('TE000042'))
        self.assertEquals(labels.short_id('123456789'), 'ZP2DSJ')


class CarrierTest(Filled):
    def setUp(self):
        Filled.setUp(self)
        no = demands.place(u'Mie\xdfner', [('CD-7', 1)], postcode='DT1 1AA')
        for n, grams in (('TE1', 1000), ('TE2', 2500)):
            db.insert('parcels', parcel_no=n, demand_no=no, weight_g=grams)

    def test_header(self):
        self.assertEquals(carrier.header('2016-11-02', 7), 'H00407712016110200007')

    def test_file(self):
        self.assertEquals(carrier.write(os.path.join(self.folder, 'drop'), '2016-11-02'), 'TAR20161102.DAT')
        lines = self.read('drop', 'TAR20161102.DAT').split('\r\n')
        self.assertEquals(lines[1], 'PTE1       Mie\xdfner' + ' ' * 23 + 'DT1 1AA 0001000')
        self.assertEquals(lines[3:], ['T000020000003500', ''])
        self.assertEquals(os.listdir(os.path.join(self.folder, 'drop')), ['TAR20161102.DAT'])

    def test_file_is_sent_once(self):
        carrier.write(os.path.join(self.folder, 'drop'), '2016-11-02')
        self.assertEquals(carrier.write(os.path.join(self.folder, 'drop'), '2016-11-03'), None)

    def test_answer(self):
        data = 'H\r\nATE1       \r\nRTE2       Stra\xdfe fehlt \r\nX\r\nA\r\n'
        self.assertEquals(carrier.read_answer(data), [('TE1', 'A', ''), ('TE2', 'R', 'Stra\xc3\x9fe fehlt')])

    def test_load_answer(self):
        carrier.write(os.path.join(self.folder, 'drop'), '2016-11-02')
        path = self.write('ATE1       \r\nRTE2       Stra\xdfe\r\n', 'pickup', 'a.ANS')
        self.assertEquals(carrier.load_answer(path), {'A': 1, 'R': 1})
        self.assertEquals([p.parcel_no for p in carrier.unsent()], ['TE2'])
        self.assertEquals(db.value('SELECT status FROM demands'), 'HOLD')
        self.assert_('parcel TE2 refused: Stra\xc3\x9fe' in self.log())


ANSWER = ('<?xml version="1.0" encoding="iso-8859-1"?><parcel status="OUT">'
          '<event at="2016-11-01">Depot M\xfcnchen</event><event at="2016-11-02">On the van</event><x/></parcel>')


class TrackingTest(Filled):
    def setUp(self):
        Filled.setUp(self)
        self.asked = []
        db.insert('parcels', parcel_no='TE1', demand_no='D1', weight_g=1)

    def opener(self, url):
        self.asked.append(url)
        return StringIO(ANSWER)

    def test_parse(self):
        status, events = tracking.parse(ANSWER)
        self.assertEquals(status, 'OUT')
        self.assertEquals(events, [('2016-11-02', 'On the van'), ('2016-11-01', 'Depot M\xc3\xbcnchen')])

    def test_parse_junk(self):
        self.assertRaises(tracking.TrackingError, tracking.parse, '<html>')

    def test_ask(self):
        self.assertEquals(tracking.ask('TE1', self.opener), 'OUT')
        self.assertEquals(self.asked, ['http://track.parcelway.example/status?parcel=TE1'])
        self.assertEquals(db.value('SELECT track_status FROM parcels'), 'OUT')

    def test_ask_is_kept(self):
        tracking.ask('TE1', self.opener)
        util.fixed_now = NOW + 599
        tracking.ask('TE1', self.opener)
        self.assertEquals(len(self.asked), 1)
        util.fixed_now = NOW + 600
        tracking.ask('TE1', self.opener)
        self.assertEquals(len(self.asked), 2)

    def test_no_answer(self):
        def refuse(url):
            raise urllib2.URLError('timed out')
        try:
            tracking.ask('TE1', refuse)
        except tracking.TrackingError, e:
            self.assertEquals(str(e), 'no answer: <urlopen error timed out>')
        else:
            self.fail()
