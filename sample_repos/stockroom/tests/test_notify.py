from base import TestCase
from stockroom import db
from stockroom.notify import mailer, outbox


class MailerTest(TestCase):
    def test_message(self):
        mail = mailer.message('a@b.example', 'Sch\xc3\xb6n', u'Gr\xfc\xdfe')
        self.assertEquals(mailer.subject_of(mail), 'Sch\xc3\xb6n')
        self.assertEquals(mailer.body_of(mail), 'Gr\xc3\xbc\xc3\x9fe')
        self.assertEquals(mail['To'], 'a@b.example')
        self.assertEquals(mail['Date'], 'Wed, 02 Nov 2016 09:30:00 -0000')

    def test_plain_subject(self):
        self.assertEquals(mailer.subject_of(mailer.message('a@b.example', 'Order 1', '')), 'Order 1')

    def test_as_text_is_ascii(self):
        text = mailer.message('a@b.example', 'Sch\xc3\xb6n', '\xc3\xbc').as_string()
        self.assertEquals([c for c in text if ord(c) > 127], [])

    def test_valid(self):
        self.assert_(mailer.valid('Ann <ann@b.example>'))
        for address in ('ann', 'ann@b', 'a@b@c.example', ''):
            self.failIf(mailer.valid(address))


class OutboxTest(TestCase):
    def setUp(self):
        TestCase.setUp(self)
        self.sent = []

    def send(self, recipient, subject, body):
        if subject == 'bad':
            raise IOError, 'refused'
        self.sent.append((recipient, subject, body))

    def test_put_unicode(self):
        outbox.put('a@b.example', u'\xe9', None)
        self.assertEquals(outbox.waiting()[0].subject, '\xc3\xa9')

    def test_put_bad_address(self):
        self.assertEquals(outbox.put('nobody', 'x', 'y'), None)
        self.assert_("bad address 'nobody'" in self.log())

    def test_flush(self):
        for subject in ('one', 'bad', 'two'):
            outbox.put('a@b.example', subject, '')
        self.assertEquals(outbox.flush(self.send), (2, 1))
        self.assertEquals([s for r, s, b in self.sent], ['one', 'two'])
        self.assertEquals([m.subject for m in outbox.waiting()], ['bad'])
        self.assert_('mail 2: refused' in self.log())

    def test_drain(self):
        outbox.urgent.put(('a', 'first', ''))
        outbox.urgent.put(('a', 'second', ''))
        self.assertEquals(outbox.drain(self.send), ['first', 'second'])
        self.assertEquals(outbox.drain(self.send), [])

    def test_merge(self):
        self.assertEquals(outbox.merge('Dear %(name)s%(title)s', {'name': 'Ann'}), 'Dear Ann')
