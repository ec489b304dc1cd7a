import StringIO
import cPickle

from base import TestCase
from stockroom import config, db, html, records, web
from stockroom.records import CaseDict, Defaults, Field, Number, Record, RecordError


class ConfigTest(TestCase):
    def test_from_file(self):
        config.load_text(StringIO.StringIO('[server]\nport = 99\n[mail]\nhost = m\n'))
        self.assertEquals(config.get('mail', 'host'), 'm')
        self.assertEquals(config.get_int('server', 'port'), 99)
        self.assertEquals(config.sections(), ['mail', 'server'])

    def test_quoted_port(self):
        config.put('server', 'port', '"8099"')
        self.assertEquals(config.get_int('server', 'port'), 8099)

    def test_port_with_zero_in_front(self):
        config.put('server', 'port', '0080')
        self.assertEquals(config.get_int('server', 'port'), 80)

    def test_default_and_unknown(self):
        config.load_text(StringIO.StringIO(''))
        self.assertEquals(config.get('mail', 'from'), 'stockroom@tarrant.example')
        self.assertEquals(config.get('mail', 'colour', 'blue'), 'blue')
        self.assertRaises(KeyError, config.get, 'mail', 'colour')


class DbTest(TestCase):
    def test_text_is_utf8(self):
        db.insert('suppliers', code='M', name='M\xc3\xbcller')
        self.assertEquals(db.value('SELECT name FROM suppliers'), 'M\xc3\xbcller')
        self.assert_(isinstance(db.value('SELECT name FROM suppliers'), str))

    def test_row(self):
        db.insert('suppliers', code='M', name='Mill', lead_days=3)
        row = db.one('SELECT code, lead_days FROM suppliers')
        self.assertEquals((row.code, row['lead_days'], row[0], row[1L]), ('M', 3, 'M', 3))
        self.assert_(row.has_key('code') and not row.has_key('name'))
        self.assertEquals(repr(row), "<Row code='M', lead_days=3>")

    def test_rows_compare(self):
        for code, days in (('B', 1), ('A', 2)):
            db.insert('suppliers', code=code, name='x', lead_days=days)
        rows = db.query('SELECT code FROM suppliers')
        rows.sort()
        self.assertEquals([r.code for r in rows], ['A', 'B'])
        self.assert_(rows[0] < rows[1])

    def test_error_has_the_sql(self):
        try:
            db.query('SELECT * FROM nowhere')
        except db.DbError, e:
            self.assertEquals(e.sql, 'SELECT * FROM nowhere')
            self.assert_(str(e).endswith("in 'SELECT * FROM nowhere'"))
        else:
            self.fail('no error')

    def test_one_and_value_of_nothing(self):
        self.assertEquals(db.one('SELECT * FROM items'), None)
        self.assertEquals(db.value('SELECT sku FROM items'), None)

    def test_numbers(self):
        self.assertEquals([db.next_number('x', 'X'), db.next_number('x', 'X')], ['X000001', 'X000002'])

    def test_rollback(self):
        db.begin()
        db.insert('suppliers', code='M', name='Mill')
        db.rollback()
        self.assertEquals(db.query('SELECT * FROM suppliers'), [])
        db.rollback()

    def test_commit(self):
        db.begin()
        db.insert('suppliers', code='M', name='Mill')
        db.commit()
        self.assertEquals(len(db.query('SELECT * FROM suppliers')), 1)


class Sample(Record):
    sku = Field(required=1)
    qty = Number(least=0)
    note = Field()


class Longer(Sample):
    place = Field(default='DOCK')


class RecordTest(TestCase):
    def test_order_of_the_fields(self):
        self.assertEquals(Sample.names(), ['sku', 'qty', 'note'])
        self.assertEquals(Longer.names(), ['sku', 'qty', 'note', 'place'])

    def test_values(self):
        self.assertEquals(Longer(sku='A', qty='5').values(), ['A', 5, None, 'DOCK'])

    def test_missing(self):
        self.assertRaises(RecordError, Sample)

    def test_too_small(self):
        try:
            Sample(sku='A', qty='-1')
        except RecordError, e:
            self.assertEquals(str(e), 'qty is less than 0')
        else:
            self.fail()

    def test_unknown(self):
        try:
            Sample(sku='A', z=1, b=2)
        except RecordError, e:
            self.assertEquals(str(e), 'unknown: b, z')
        else:
            self.fail()

    def test_sorting(self):
        rows = [Sample(sku='B', qty=1), Sample(sku='A', qty=2), Sample(sku='A', qty=1)]
        rows.sort()
        self.assertEquals([(r.sku, r.qty) for r in rows], [('A', 1), ('A', 2), ('B', 1)])
        self.assertEquals(Sample(sku='A'), Sample(sku='A'))

    def test_sorting_with_nothing(self):
        rows = [Sample(sku='A', note='x'), Sample(sku='A')]
        self.assertEquals([r.note for r in sorted(rows)], [None, 'x'])

    def test_truth(self):
        class Loose(Record):
            a = Field()
        self.failIf(Loose())
        self.assert_(Loose(a='x'))

    def test_unicode(self):
        self.assertEquals(unicode(Sample(sku='A', qty=3)), u'A 3 None')

    def test_as_key(self):
        self.assertEquals({Sample(sku='A'): 1}[Sample(sku='A')], 1)


class DictTest(TestCase):
    def test_defaults(self):
        counts = Defaults()
        counts.add('a')
        counts.add('b', 4)
        self.assertEquals((counts['a'], counts['b'], counts['c']), (1, 4, 0))
        self.assertEquals(counts.biggest(), 'b')
        self.assert_(not counts.has_key('c'))

    def test_defaults_of_nothing(self):
        self.assertEquals(Defaults().biggest(), None)

    def test_case(self):
        values = CaseDict({'SKU ': 1, 'Qty': 2})
        self.assertEquals((values['sku'], values['QTY']), (1, 2))
        self.assert_(values.has_key('Sku'))
        values['qty '] = 3
        self.assertEquals(sorted(values.items()), [('qty', 3), ('sku', 1)])
        self.assertEquals(values.get('x', 9), 9)


class HtmlTest(TestCase):
    def test_escape(self):
        self.assertEquals(html.escape('<a> & "b"'), '&lt;a&gt; &amp; &quot;b&quot;')
        self.assertEquals(html.escape(u'\xe9'), '\xc3\xa9')
        self.assertEquals(html.escape(None), '')
        self.assertEquals(html.escape(5), '5')

    def test_unescape(self):
        self.assertEquals(html.unescape('Caf&eacute; &#233; &nope; &amp;'), 'Caf\xc3\xa9 \xc3\xa9 &nope; &')

    def test_named(self):
        self.assertEquals(html.named('M\xc3\xbcller \xe2\x82\xac \xc4\x8d'), 'M&uuml;ller &euro; &#269;')

    def test_tag(self):
        self.assertEquals(html.tag('td', 'x', class_='a', id='"'), '<td class="a" id="&quot;">x</td>')

    def test_table(self):
        text = html.table(['A'], [['1'], ['2']])
        self.assertEquals(text.count('<tr'), 3)
        self.assert_('class="odd"' in text)


class WebTest(TestCase):
    def test_url(self):
        self.assertEquals(web.url('/items/A B', q='x y', a=1), '/items/A%20B?a=1&q=x+y')

    def test_request(self):
        environ = {'REQUEST_METHOD': 'POST', 'CONTENT_LENGTH': '12', 'QUERY_STRING': 'page=2&q=z',
                   'wsgi.input': StringIO.StringIO('q=+abc+&n=12junk'), 'HTTP_COOKIE': 'session=tok.x; b=1'}
        request = web.Request(environ)
        self.assertEquals(request.get('q'), 'abc')
        self.assertEquals(request.get_int('n'), 12)
        self.assertEquals(request.get_int('page'), 2)
        self.assertEquals(request.cookie('session'), 'tok.x')
        self.assertEquals(request.cookie('c'), None)

    def test_response_of_unicode_is_bytes(self):
        self.assertEquals(web.Response(u'\xe9').body, '\xc3\xa9')

    def test_cookie(self):
        response = web.Response()
        response.set_cookie('a', 'b')
        self.assertEquals(response.headers[-1], ('Set-Cookie', 'a=b; Path=/'))

    def test_error(self):
        try:
            raise web.HttpError, (404, 'gone')
        except web.HttpError, e:
            self.assertEquals((e.code, e.message), (404, 'gone'))

    def test_error_survives_a_pickle(self):
        e = cPickle.loads(cPickle.dumps(web.HttpError(403, 'no'), 2))
        self.assertEquals((e.code, e.message), (403, 'no'))
