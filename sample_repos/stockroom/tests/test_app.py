from base import Browser, Filled
from stockroom import app, db, rpc
from stockroom.dispatch import demands, waves
from stockroom.items import model
from stockroom.receiving import purchase, suppliers
from stockroom.counting import sheets


class AppTest(Filled):
    def setUp(self):
        Filled.setUp(self)
        self.boss = Browser(app.application).login('boss', 'secret')
        self.picker = Browser(app.application).login('pick1', 'picker1')
        self.nobody = Browser(app.application)

    def test_login_page(self):
        self.assert_('name="password"' in self.nobody.get('/login'))
        self.assertEquals(self.nobody.headers['Content-Type'], 'text/html; charset=utf-8')

    def test_login_wrong(self):
        self.nobody.login('boss', 'x')
        self.assertEquals(self.nobody.code, 401)
        self.assert_('wrong name or password' in self.nobody.body)

    def test_not_logged_in(self):
        self.nobody.get('/items')
        self.assertEquals((self.nobody.code, self.nobody.headers['Location']), (302, '/login'))

    def test_home(self):
        demands.place('x', [('AB-1', 1)])
        self.assert_('<td>1</td><td>demands waiting</td>' in self.boss.get('/'))
        self.assert_('Mary Poole' in self.boss.body)

    def test_logout(self):
        self.boss.get('/logout')
        self.boss.get('/')
        self.assertEquals(self.boss.headers['Location'], '/login')

    def test_managers_only(self):
        self.picker.get('/staff')
        self.assertEquals(self.picker.status, '403 Forbidden')
        self.boss.get('/staff')
        self.assertEquals(self.boss.code, 200)

    def test_no_page(self):
        self.boss.get('/nothing/here')
        self.assertEquals(self.boss.code, 404)

    def test_length(self):
        self.boss.get('/items/CD-7')
        self.assertEquals(int(self.boss.headers['Content-Length']), len(self.boss.body))
        self.assert_('Caf\xc3\xa9 lamp' in self.boss.body)

    def test_items(self):
        self.assert_('page 1 of 1' in self.boss.get('/items'))
        self.assert_('2 x 100 + 90 each' in self.boss.body)

    def test_item_unknown(self):
        self.boss.get('/items/ZZ')
        self.assertEquals(self.boss.code, 404)

    def test_item_edit(self):
        self.boss.post('/items/AB-1/edit', description='Clip "w"', pack_size='50', uom='BX')
        self.assertEquals(self.boss.code, 302)
        self.assert_('Clip &quot;w&quot;' in self.boss.get('/items/AB-1/edit'))
        self.boss.post('/items/AB-1/edit', description='x', uom='??')
        self.assertEquals(self.boss.code, 400)

    def test_search(self):
        self.assert_('AB-2' in self.boss.get('/items/search', 'q=black'))
        self.assert_('AB-2' not in self.boss.get('/items/search', 'q=lamp'))

    def test_picture(self):
        model.put_picture('AB-1', '\x89PNG\xff')
        self.assertEquals(self.boss.get('/items/AB-1/picture'), '\x89PNG\xff')
        self.assertEquals(self.boss.headers['Content-Type'], 'image/png')

    def test_export(self):
        self.assertEquals(len(self.boss.get('/items/export').splitlines()), 5)

    def test_categories_and_feed(self):
        self.assert_('<td>clips</td><td>2</td>' in self.boss.get('/items/categories'))
        self.assertEquals(self.nobody.get('/items/froogle').splitlines()[0], 'AB-1\tCable clip white\t0.14')

    def test_check(self):
        self.assertEquals(self.nobody.get('/check/AB-1', 'key=tarrant-web'), '290')
        self.nobody.get('/check/AB-1', 'key=x')
        self.assertEquals(self.nobody.code, 403)

    def test_stock(self):
        body = self.boss.get('/stock')
        self.assert_(body.index('small parts') < body.index('racks') < body.index('docks'))
        self.assert_('250 x AB-1' in self.boss.get('/stock/zone/A'))
        self.assert_('+250' in self.boss.get('/stock/history/AB-1'))

    def test_move(self):
        self.picker.post('/stock/move', sku='CD-7', source='B-02-02-0', target='A-01-02-0', qty='1')
        self.assertEquals(self.picker.code, 302)
        self.picker.post('/stock/move', sku='CD-7', source='B-02-02-0', target='A-01-02-0', qty='9')
        self.assert_('only 3 of CD-7 in B-02-02-0' in self.picker.body)

    def test_block(self):
        self.boss.post('/stock/bin/A-01-01-0/block', blocked='1')
        self.assertEquals(self.boss.headers['Location'], '/stock/zone/A')

    def test_purchase(self):
        suppliers.save('KLEM', 'Klemm', email='o@k.example')
        suppliers.set_price('KLEM', 'AB-1', 10)
        self.boss.post('/purchase/new', supplier='KLEM', lines='AB-1 300\n')
        self.assertEquals(self.boss.headers['Location'], '/purchase/PO000001')
        self.assert_('Total 30.00' in self.boss.get('/purchase/PO000001'))
        self.boss.post('/purchase/PO000001/send')
        self.assertEquals(self.picker.post('/goodsin', po_no='PO000001', sku='AB-1', qty='200'), 'GRN000001')
        self.assert_('<td>66%</td>' in self.boss.get('/purchase'))
        self.assertEquals(self.picker.post('/goodsin/putaway'), 'AB-1 200 A-01-03-1')

    def test_purchase_wrong(self):
        self.boss.post('/purchase/new', supplier='X', lines='')
        self.assertEquals(self.boss.code, 400)

    def test_demand_to_parcel(self):
        self.picker.post('/demands/new', customer='Caf\xc3\xa9', lines='AB-10 3\nCD-7 1\nrubbish', priority='')
        self.assertEquals(self.picker.headers['Location'], '/demands/D000001')
        self.picker.post('/waves/open')
        self.assert_('Caf\xc3\xa9 lamp' in self.picker.get('/waves/W000001'))
        self.assertEquals(self.picker.post('/waves/W000001/confirm'), '4 picked')
        self.assert_('<td>3.5</td>' in self.picker.get('/demands/D000001'))
        self.assertEquals(self.picker.get('/parcels/TE000001/label')[:2], 'TL')

    def test_nothing_to_pick(self):
        self.picker.post('/waves/open')
        self.assertEquals(self.picker.code, 400)

    def test_count(self):
        self.picker.post('/counts/open', zone='B')
        self.picker.post('/counts/C000001', entries='B-02-01-0 AB-10 8')
        self.assert_('<td>33%</td>' in self.picker.get('/counts'))
        self.assert_('-2.40' in self.picker.get('/counts/C000001/differences'))
        self.assertEquals(self.boss.post('/counts/C000001/post', force='1'), '1 booked, 0 to recount')

    def test_count_wrong(self):
        self.picker.post('/counts/open', zone='B')
        self.picker.post('/counts/C000001', entries='B-02-01-0 AB-10')
        self.assertEquals(self.picker.code, 400)

    def test_reports(self):
        self.assert_('AB-10                  29' in self.boss.get('/reports/cover'))
        self.assertEquals(self.boss.get('/reports/classes'), 'C 4')
        self.assertEquals(self.nobody.get('/reports/kpi'), '100%')
        for path in ('/reports', '/reports/suppliers', '/reports/pickers', '/reports/losses'):
            self.boss.get(path)
            self.assertEquals(self.boss.code, 200)

    def test_formula(self):
        self.boss.get('/reports/formula', 'code=qty+//+3')
        self.assertEquals(self.boss.code, 400)      # no stock: None cannot be divided
        body = self.boss.get('/reports/formula', 'code=cost+//+3')
        self.assert_('<td>CD-7</td><td>1666</td>' in body)
        self.assert_('percent(part, whole)' in self.boss.get('/reports/formula'))

    def test_error_is_logged(self):
        self.boss.get('/purchase/PO9')
        self.assertEquals(self.boss.code, 500)
        self.assert_('PurchaseError' in self.log())


class RpcTest(Filled):
    def test_lookup(self):
        answer = rpc.call('lookup', 'CD-7')
        self.assertEquals((answer['sku'], answer['free']), ('CD-7', 4))
        self.assertEquals(answer['text'].data, 'Caf\xe9 lamp')

    def test_lookup_unknown(self):
        self.assertEquals(rpc.call('lookup', 'ZZ'), 0)

    def test_move(self):
        self.assertEquals(rpc.call('move', 'CD-7', 'B-02-02-0', 'A-01-02-0', 1), 'OK')
        self.assertEquals(rpc.call('move', 'CD-7', 'B-02-02-0', 'A-01-02-0', 5), 'only 3 of CD-7 in B-02-02-0')

    def test_count(self):
        no = sheets.open_sheet('B')
        self.assertEquals(rpc.call('count', no, 'B-02-01-0', 'AB-10', 9), 33)

    def test_bins(self):
        self.assertEquals(rpc.call('bins', 'AB-10'), [['B-02-03-0', 20], ['B-02-01-0', 9]])
        self.assertEquals(rpc.call('bins', 'ZZ'), [])
