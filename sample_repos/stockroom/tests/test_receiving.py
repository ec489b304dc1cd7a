import os
import struct
import urllib2
from StringIO import StringIO

from base import Filled
from stockroom import db, util
from stockroom.notify import outbox
from stockroom.receiving import asn, goodsin, purchase, reorder, suppliers
from stockroom.stock import ledger


class Suppliers(Filled):
    def setUp(self):
        Filled.setUp(self)
        suppliers.save('KLEM', 'Klemm GmbH', email='order@klemm.example', lead_days=3)
        suppliers.save('WIRE', 'Wire & Co', lead_days=10, min_order_pence=10000)
        suppliers.set_price('KLEM', 'AB-1', 10, 'K100')
        suppliers.set_price('KLEM', 'AB-10', 200, 'K200')
        suppliers.set_price('WIRE', 'AB-10', 200, 'W9')
        suppliers.set_price('WIRE', 'CD-7', 4000, 'W7')


class SupplierTest(Suppliers):
    def test_save_again(self):
        suppliers.save('KLEM', 'Klemm AG', lead_days=4)
        self.assertEquals((suppliers.get('KLEM').name, suppliers.get('KLEM').lead_days), ('Klemm AG', 4))

    def test_unknown(self):
        self.assertRaises(suppliers.SupplierError, suppliers.get, 'X')

    def test_cheapest_by_price_then_lead_time(self):
        self.assertEquals(suppliers.cheapest('AB-10').supplier_code, 'KLEM')
        suppliers.set_price('WIRE', 'AB-10', 199)
        self.assertEquals(suppliers.cheapest('AB-10').supplier_code, 'WIRE')
        self.assertEquals(suppliers.cheapest('AB-2'), None)

    PAGE = ('<table><tr><td>Code<td>Price<tr><td> K100 <td>&pound;&nbsp;0.11<tr><td>K2&eacute;<td>2,50 EUR'
            '<tr><td>only<tr><td>K200</td><td>#1</td></tr></table>')

    def test_price_page(self):
        self.assertEquals(suppliers.parse_prices(self.PAGE), {'K100': 11, 'K2\xc3\xa9': 250, 'K200': 100})

    def test_fetch(self):
        n = suppliers.fetch_prices('KLEM', 'http://klemm.example/p', lambda url: StringIO(self.PAGE))
        self.assertEquals(n, 2)
        self.assertEquals(suppliers.cheapest('AB-1').price_pence, 11)

    def test_fetch_fails(self):
        def refuse(url):
            raise urllib2.URLError, 'refused'
        self.assertEquals(suppliers.fetch_prices('KLEM', 'http://klemm.example/p', refuse), 0)
        self.assert_('prices of KLEM: <urlopen error refused>' in self.log())


class PurchaseTest(Suppliers):
    def test_raise_order(self):
        po_no = purchase.raise_order('KLEM', [('AB-1', 1000), ('AB-10', 5)])
        self.assertEquals(po_no, 'PO000001')
        self.assertEquals(purchase.get(po_no).due_on, '2016-11-05')
        self.assertEquals(purchase.total(po_no), 11000)
        self.assertEquals(purchase.on_order('AB-1'), 1000)

    def test_raise_order_wrong(self):
        self.assertRaises(purchase.PurchaseError, purchase.raise_order, 'KLEM', [])
        self.assertRaises(purchase.PurchaseError, purchase.raise_order, 'KLEM', [('CD-7', 1)])
        self.assertRaises(suppliers.SupplierError, purchase.raise_order, 'X', [('CD-7', 1)])

    def test_total_of_nothing(self):
        self.assertEquals(purchase.total('PO9'), 0)

    def test_send(self):
        po_no = purchase.raise_order('KLEM', [('AB-1', 1000)])
        purchase.send(po_no)
        mail = outbox.waiting()[0]
        self.assertEquals((mail.recipient, mail.subject), ('order@klemm.example', 'Order PO000001'))
        self.assertEquals(mail.body.split('\n')[2], '  1000  AB-1                       0.10')
        self.assertRaises(purchase.PurchaseError, purchase.send, po_no)

    def test_send_below_minimum(self):
        po_no = purchase.raise_order('WIRE', [('CD-7', 2)])
        try:
            purchase.send(po_no)
        except purchase.PurchaseError, e:
            self.assertEquals(str(e), 'PO000001 is below the minimum of 100.00')
        else:
            self.fail()

    def test_send_without_address(self):
        self.assertRaises(purchase.PurchaseError, purchase.send, purchase.raise_order('WIRE', [('CD-7', 3)]))

    def test_overdue(self):
        for day in ('2016-10-20', '2016-10-25', '2016-11-01'):
            purchase.send(purchase.raise_order('KLEM', [('AB-1', 1000)], day))
        self.assertEquals([(n, r.po_no) for n, r in purchase.overdue()], [(10, 'PO000001'), (5, 'PO000002')])


class GoodsInTest(Suppliers):
    def setUp(self):
        Suppliers.setUp(self)
        self.po_no = purchase.raise_order('KLEM', [('AB-1', 300), ('AB-10', 5)])

    def test_allowed(self):
        self.assertEquals(map(goodsin.allowed, [1, 9, 19, 25]), [2, 10, 20, 27])

    def test_receive(self):
        self.assertEquals(goodsin.receive(self.po_no, {'AB-1': 299}, 'ann'), 'GRN000001')
        self.assertEquals(ledger.qty_in('DOCK1', 'AB-1'), 299)
        self.assertEquals((purchase.get(self.po_no).status, purchase.progress(self.po_no)), ('PART', 98))

    def test_receive_all(self):
        goodsin.receive(self.po_no, {'AB-1': 300, 'AB-10': 6})
        self.assertEquals((purchase.get(self.po_no).status, purchase.progress(self.po_no)), ('DONE', 100))
        self.assertRaises(purchase.PurchaseError, goodsin.receive, self.po_no, {'AB-1': 1})

    def test_progress_below_one_percent(self):
        goodsin.receive(self.po_no, {'AB-1': 3})
        self.assertEquals((purchase.get(self.po_no).status, purchase.progress(self.po_no)), ('PART', 0))

    def test_too_much(self):
        try:
            goodsin.receive(self.po_no, {'AB-10': 7})
        except goodsin.OverDelivery, e:
            self.assertEquals(str(e), 'AB-10: ordered 5, got 7')
        else:
            self.fail()
        self.assertEquals(db.query('SELECT * FROM goods_receipts'), [])

    def test_not_ordered(self):
        self.assertRaises(purchase.PurchaseError, goodsin.receive, self.po_no, {'CD-7': 1})

    def test_cost_changes(self):
        goodsin.receive(self.po_no, {'AB-1': 300})
        self.assertEquals(db.value("SELECT cost_pence FROM items WHERE sku = 'AB-1'"), (290 * 12 + 300 * 10) // 590)

    def test_put_away(self):
        goodsin.receive(self.po_no, {'AB-1': 300, 'AB-10': 5})
        self.assertEquals(goodsin.put_away(), [('AB-1', 300, 'A-01-03-1'), ('AB-10', 5, 'B-02-01-0')])

    def test_put_away_new_item(self):
        ledger.move('AB-2', 'DOCK1', 10, 'GRN')
        self.assertEquals(goodsin.put_away(), [('AB-2', 10, 'A-01-01-1')])

    def test_reject(self):
        grn_no = goodsin.receive(self.po_no, {'AB-10': 5})
        self.assertEquals(goodsin.reject(grn_no, 'AB-10', 5), 'Q-01-01')
        self.assertEquals(purchase.get(self.po_no).status, 'SENT')


class AsnTest(Suppliers):
    LINES = [('K100', 3, 100, 1050), ('K200', 5, 1, 20099)]

    def test_bytes(self):
        data = asn.build('PO000001', self.LINES[:1])
        self.assertEquals(data[:22], 'ASN2\x02\x00PO000001    \x01\x00\x00\x00')
        self.assertEquals(data[22:44], 'K100' + '\0' * 10 + '\x03\x00\x64\x00\x1a\x04\x00\x00')
        self.assertEquals(len(data), 48)

    def test_read(self):
        po_no, lines = asn.read(asn.build('PO7', self.LINES))
        self.assertEquals((po_no, lines), ('PO7', [('K100', 300, 10), ('K200', 5, 200)]))
        self.assert_(isinstance(po_no, str))

    def test_read_damaged(self):
        data = asn.build('PO7', self.LINES)
        self.assertRaises(asn.AsnError, asn.read, 'x')
        self.assertRaises(asn.AsnError, asn.read, 'X' + data[1:])
        self.assertRaises(asn.AsnError, asn.read, data[:30] + '?' + data[31:])

    def test_message_shows_the_bytes(self):
        try:
            asn.read('XYZ\0' + '\0' * 60)
        except asn.AsnError, e:
            self.assertEquals(str(e), "starts with 'XYZ\\x00'")
        else:
            self.fail()

    def test_newer_version(self):
        # a string exception: nobody can catch it, since 2.6 it is a TypeError
        data = struct.pack(asn.HEADER, 'ASN2', 3, 'PO7', 0)
        self.assertRaises(TypeError, asn.read, data + struct.pack('<I', asn.checksum(data)))

    def test_mark_in_front(self):
        self.assertEquals(asn.first_byte('\xef\xbb\xbfASN2'), 'ASN2')
        self.assertEquals(asn.first_byte('ASN2'), 'ASN2')

    def test_load_once(self):
        po_no = purchase.raise_order('KLEM', [('AB-1', 300), ('AB-10', 5)])
        path = self.write(asn.build(po_no, self.LINES + [('K999', 1, 1, 1)]), 'asn', 'a.asn')
        self.assertEquals(asn.waiting(), [path])
        self.assertEquals(asn.load(path), (po_no, {'AB-1': 300, 'AB-10': 5}))
        self.assertEquals(asn.load(path), None)
        self.assert_('a.asn: code K999 is not known' in self.log())

    def test_load_without_order(self):
        path = self.write(asn.build('PO9', []), 'asn', 'a.asn')
        self.assertRaises(asn.AsnError, asn.load, path)


class ReorderTest(Suppliers):
    def setUp(self):
        Suppliers.setUp(self)
        ledger.move('AB-1', 'A-01-01-0', -249, 'PICK')

    def test_point(self):
        self.assertEquals(reorder.point('AB-1', 3), 80)

    def test_quantity_is_whole_packs(self):
        self.assertEquals(reorder.quantity('AB-1', 3, 100), 200)
        self.assertEquals(reorder.quantity('AB-10', 3, 100), 0)

    def test_proposals(self):
        self.assertEquals(reorder.proposals(), {'KLEM': [('AB-1', 200)]})

    def test_run(self):
        self.assertEquals(reorder.run(), ['PO000001'])
        self.assertEquals(purchase.get('PO000001').status, 'SENT')
        self.assertEquals(reorder.run(), [])

    def test_urgent(self):
        ledger.move('AB-10', 'B-02-03-0', -15, 'PICK')
        self.assertEquals(reorder.urgent(), [(5, 'AB-1')])
