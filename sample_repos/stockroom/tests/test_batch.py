import os
import sys
from StringIO import StringIO

from base import Filled
from stockroom import config, db, util
from stockroom.dispatch import demands, waves, packing
from stockroom.notify import outbox
from stockroom.receiving import asn, purchase, suppliers
from stockroom.stock import allocation, ledger
from batch import carrier_drop, import_items, late_orders, nightly, recount


class BatchTest(Filled):
    def setUp(self):
        Filled.setUp(self)
        self.stdout, sys.stdout = sys.stdout, StringIO()

    def tearDown(self):
        sys.stdout = self.stdout
        Filled.tearDown(self)

    def test_nightly_allocates(self):
        demands.place('x', [('AB-1', 5)])
        demands.place('y', [('CD-7', 50)])
        self.assertEquals(nightly.allocate_all(), 1)

    def test_nightly_loads_notices(self):
        suppliers.save('KLEM', 'Klemm')
        suppliers.set_price('KLEM', 'AB-2', 10, 'K1')
        po_no = purchase.raise_order('KLEM', [('AB-2', 20)])
        self.write(asn.build(po_no, [('K1', 2, 10, 1000)]), 'asn', 'b.asn')
        stderr, sys.stderr = sys.stderr, StringIO()
        self.write('rubbish', 'asn', 'a.asn')
        try:
            self.assertEquals(nightly.load_asns(), 1)
            self.assertEquals(sys.stderr.getvalue(), 'a.asn: too short: 7 bytes\n')
        finally:
            sys.stderr = stderr
        self.assertEquals(ledger.qty_in('A-01-01-1', 'AB-2'), 20)

    def test_nightly_prints(self):
        out = StringIO()
        nightly.run([('one', lambda: 1), ('two', lambda: None)], out)
        self.assertEquals(out.getvalue(), 'one        1\ntwo        None\n')

    def test_nightly_stops_at_the_first_error(self):
        done = []
        steps = [('a', lambda: done.append('a')), ('b', lambda: 1 / 0), ('c', lambda: done.append('c'))]
        self.assertRaises(ZeroDivisionError, nightly.run, steps, StringIO())
        self.assertEquals(done, ['a'])

    def test_nightly_snapshot(self):
        self.assertEquals(nightly.keep_snapshot(), 'stock-2016-11-02.pickle')

    def test_carrier_drop(self):
        self.assertEquals(carrier_drop.main([]), 'nothing to send')
        demands.allocate(demands.place('x', [('CD-7', 1)]))
        waves.confirm(waves.open_wave('pick1'))
        packing.pack('D000001')
        self.assertEquals(carrier_drop.main([]), 'TAR20161102.DAT')
        self.write('ATE000001  \r\n', 'pickup', 'x.ANS')
        self.assertEquals(carrier_drop.main(['--answer']), {'A': 1, 'R': 0})
        self.assertEquals(os.listdir(os.path.join(self.folder, 'pickup')), ['x.ANS.done'])
        self.assertEquals(carrier_drop.main(['--answer']), {})

    def test_import(self):
        self.write('sku,description\nn-1,New\n', 'imports', 'a.csv')
        folder = os.path.join(self.folder, 'imports')
        self.assertEquals(import_items.main(folder, lambda question: 'n'), 0)
        self.assertEquals(import_items.main(folder, lambda question: 'Y '), 1)
        self.assertEquals(sys.stdout.getvalue(), 'a.csv new=1 changed=0 bad=0\n')

    def test_import_without_question(self):
        self.assertEquals(import_items.main(os.path.join(self.folder, 'imports'), None), 0)
        self.assertEquals(sys.stdout.getvalue(), 'nothing to do\n')

    def test_recount(self):
        allocation.allocate(1, 'AB-1', 5)
        db.execute("UPDATE bin_stock SET allocated = 99 WHERE sku = 'AB-10'")
        self.assertEquals(recount.fix_allocated(), 2)
        self.assertEquals(util.free_qty('AB-1'), 285)

    def test_drop_empty(self):
        ledger.move('CD-7', 'B-02-02-0', -4, 'SCRAP')
        self.assertEquals(recount.drop_empty(), 1)

    def test_purge(self):
        db.execute("UPDATE stock_ledger SET at = '2008-01-01 00:00:00' WHERE sku = 'AB-10'")
        self.assertEquals(recount.purge_ledger(), 2)
        self.assertEquals(ledger.balance('AB-10'), 29)
        self.assertEquals(ledger.history('AB-10')[0].at, '2009-11-02')

    def test_late_orders(self):
        suppliers.save('KLEM', 'Klemm', email='o@k.example')
        suppliers.set_price('KLEM', 'AB-1', 10)
        purchase.send(purchase.raise_order('KLEM', [('AB-1', 5)], '2016-10-20'))
        lines = late_orders.text().split('\n')
        self.assertEquals(lines[2], 'PO000001   KLEM           8')
        config.put('mail', 'buyers', 'a@b.example, c@d.example')
        late_orders.main()
        self.assertEquals([m.recipient for m in outbox.waiting()][1:], ['a@b.example', 'c@d.example'])
