import os
from StringIO import StringIO

from base import Filled, TestCase
from stockroom import db
from stockroom.items import barcode, importer, model, search, units


class ModelTest(Filled):
    def test_get_by_alias(self):
        model.add_alias('old 77/1', 'AB-1')
        self.assertEquals(model.get('OLD77-1').sku, 'AB-1')
        self.assertEquals(model.get('nothing'), None)

    def test_alias_is_taken(self):
        model.add_alias('x', 'AB-1')
        self.assertRaises(model.ItemError, model.add_alias, 'X', 'AB-2')

    def test_need_says_which(self):
        try:
            model.need('ZZ')
        except model.ItemError, e:
            self.assertEquals(str(e), "no item 'ZZ'")
        else:
            self.fail()

    def test_save_unicode(self):
        self.assertEquals(model.save('n-1', u'Stra\xdfe'), 'new')
        self.assertEquals(model.get('N-1').description, 'Stra\xc3\x9fe')

    def test_save_again(self):
        self.assertEquals(model.save('AB-1', 'Clip', cost_pence=14), 'changed')
        self.assertEquals((model.get('AB-1').description, model.get('AB-1').cost_pence), ('Clip', 14))

    def test_save_checks(self):
        self.assertRaises(model.ItemError, model.save, 'A', 'x', barcode='4006381333932')
        self.assertRaises(model.ItemError, model.save, 'A', 'x', uom='KG')
        self.assertRaises(model.ItemError, model.save, ' ', 'x')

    def test_delete_needs_empty_bins(self):
        self.assertRaises(model.ItemError, model.delete, 'AB-1')
        model.delete('AB-2')
        self.assertEquals(model.get('AB-2').status, 'X')

    def test_picture_is_binary(self):
        data = ''.join(map(chr, range(256)))
        model.put_picture('AB-1', data)
        self.assertEquals(model.picture('AB-1'), ('image/png', data))
        self.assertEquals(model.picture('AB-2'), (None, None))

    def test_weight(self):
        model.save('NW', 'no weight')
        self.assertEquals(model.weight([('AB-1', 10), ('NW', 2)]), 250)
        self.assertEquals(model.weight([]), 0)

    def test_categories(self):
        self.assertEquals(model.categories(), [('clips', 2), ('boxes', 1), ('none', 1)])


class UnitsTest(TestCase):
    def test_packs(self):
        self.assertEquals(units.packs(250, 100), (2, 50))
        self.assertEquals(repr(units.packs(7, 2)), '(3, 1)')

    def test_round_up(self):
        self.assertEquals([units.round_up(n, 10) for n in (0, 1, 10, 11)], [0, 10, 10, 20])

    def test_pieces(self):
        self.assertEquals(units.pieces(2, 'GR'), 288)

    def test_describe(self):
        self.assertEquals(units.describe(250, 'EA', 100), '2 x 100 + 50 each')
        self.assertEquals(units.describe(200, 'EA', 100), '2 x 100 each')
        self.assertEquals(units.describe(0, 'MT'), '0 metre')

    def test_choices(self):
        self.assertEquals([code for code, name in units.choices()], ['EA', 'MT', 'PR', 'BX', 'DR', 'GR'])
        self.assertEquals(units.choices()[0], ('EA', 'each'))

    def test_drums(self):
        self.assertEquals(units.drum_lengths(100, 3), [33, 33, 34])


class BarcodeTest(TestCase):
    def test_valid(self):
        self.assert_(barcode.valid('4006381333931'))
        self.failIf(barcode.valid('4006381333930'))
        self.failIf(barcode.valid('400638133393A'))
        self.failIf(barcode.valid('123'))

    def test_complete(self):
        self.assertEquals(barcode.complete('9638507'), '96385074')
        self.assertEquals(barcode.complete(400638133393), '4006381333931')
        self.assertEquals(barcode.complete(17), '00000178')

    def test_bars(self):
        self.assertEquals(barcode.bars('0'), 'nwnnwnwnn' + 'n' + 'nnnwwnwnn' + 'n' + 'nwnnwnwnn')
        self.assertRaises(ValueError, barcode.bars, 'a_b')

    def test_packed(self):
        packed = barcode.packed_bars('0')
        self.assertEquals(len(packed), 4)
        self.assertEquals(map(ord, packed), [0x4A, 0x06, 0x84, 0xA0])


class SearchTest(Filled):
    def test_words(self):
        self.assertEquals(search.words('The clip, for a CABLE'), ['clip', 'cable'])

    def test_score_is_cut_off(self):
        self.assertEquals(search.score(['cable', 'clip', 'green'], model.get('AB-1')), 66)

    def test_find(self):
        self.assertEquals([(p, r.sku) for p, r in search.find('black clip')], [(100, 'AB-2'), (50, 'AB-1')])

    def test_find_code(self):
        self.assertEquals([r.sku for p, r in search.find('ab1')], ['AB-1', 'AB-10'])
        self.assertEquals(search.find(' '), [])

    def test_suggest(self):
        self.assertEquals(search.suggest('a'), ['AB-1', 'AB-2', 'AB-10'])
        self.assertEquals(search.suggest('a', 1), ['AB-1'])

    def test_index(self):
        model.save('3M-1', 'tape')
        self.assertEquals(search.index(), [('#', ['3M-1']), ('A', ['AB-1', 'AB-10', 'AB-2']), ('C', ['CD-7'])])


CSV = ('SKU ,Description,Cost,Pack_Size\r\n'
       'x-1,Stra\xdfenlampe,"12,50",5\r\n'
       ',,,\r\n'
       'x-2,,1,1\r\n'
       'x-3,Clip,1.005,0\r\n'
       'ab-1,"Clip, white",0.13,\r\n')


class ImporterTest(Filled):
    def test_read(self):
        good, bad = importer.read(StringIO(CSV.replace('\r\n', '\n')))
        self.assertEquals([r.sku for r in good], ['x-1', 'ab-1'])
        self.assertEquals(good[0].description, 'Stra\xc3\x9fenlampe')
        self.assertEquals((good[0].cost, good[0].pack_size, good[1].pack_size), (1250, 5, 1))
        self.assertEquals(bad, [(4, 'description is missing'), (5, 'pack_size is less than 1')])

    def test_load(self):
        path = self.write(CSV, 'imports', 'a.csv')
        self.assertEquals(importer.load(path), {'new': 1, 'changed': 1, 'bad': 2})
        self.assertEquals(model.get('X-1').description, 'Stra\xc3\x9fenlampe')

    def test_load_twice(self):
        path = self.write(CSV, 'imports', 'a.csv')
        importer.load(path)
        self.assertEquals(importer.load(path), {'new': 0, 'changed': 2, 'bad': 2})

    def test_load_logs(self):
        path = self.write('sku,description,barcode\nx,y,12345678\n', 'imports', 'a.csv')
        self.assertEquals(importer.load(path)['bad'], 1)
        self.assert_('import a.csv: x: barcode 12345678 is wrong' in self.log())

    def test_pending(self):
        for name in ('b.CSV', 'a.csv', 'a.csv.done', 'c.txt'):
            self.write('', 'imports', name)
        self.assertEquals(importer.pending(os.path.join(self.folder, 'imports')), ['b.CSV'])

    def test_export(self):
        path = os.path.join(self.folder, 'out.csv')
        fp = open(path, 'wb')
        self.assertEquals(importer.export(fp), 4)
        fp.close()
        lines = self.read('out.csv').split('\r\n')
        self.assertEquals(lines[0], 'sku,description,uom,cost,class')
        self.assertEquals(lines[4], 'CD-7,Caf\xe9 lamp,EA,49.99,')
        self.assertEquals(lines[5], '')

    def test_export_leaves_out_deleted(self):
        db.execute("UPDATE items SET status = 'X' WHERE sku = 'AB-2'")
        fp = StringIO()
        self.assertEquals(importer.export(fp), 3)
