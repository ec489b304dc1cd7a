# Database in memory, clock stopped at Wednesday 2016-11-02 09:30:00 UTC.
import os
import shutil
import tempfile
import unittest
import urllib
from StringIO import StringIO

from stockroom import config, db, util
from stockroom.items import model
from stockroom.stock import ledger, locations
from stockroom.users import accounts, sessions
from stockroom.dispatch import tracking

NOW = 1478079000


class TestCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        config.forget()
        for name in ('asn', 'snapshots', 'imports'):
            os.mkdir(os.path.join(self.folder, name))
            config.put('paths', name, os.path.join(self.folder, name))
        config.put('paths', 'logfile', os.path.join(self.folder, 'log'))
        for name in ('drop', 'pickup'):
            os.mkdir(os.path.join(self.folder, name))
            config.put('carrier', name, os.path.join(self.folder, name))
        util.fixed_now = NOW
        db.create()
        sessions.clear()
        tracking.forget()

    def tearDown(self):
        db.close()
        config.forget()
        util.fixed_now = None
        shutil.rmtree(self.folder)

    def log(self):
        path = os.path.join(self.folder, 'log')
        if not os.path.exists(path):
            return ''
        return open(path).read()

    def write(self, data, *names):
        path = os.path.join(self.folder, *names)
        fp = open(path, 'wb')
        fp.write(data)
        fp.close()
        return path

    def read(self, *names):
        fp = open(os.path.join(self.folder, *names), 'rb')
        try:
            return fp.read()
        finally:
            fp.close()


class Filled(TestCase):
    """Some items, bins and stock"""

    def setUp(self):
        TestCase.setUp(self)
        model.save('AB-1', 'Cable clip white', category='clips', pack_size=100, weight_g=5, cost_pence=12)
        model.save('AB-2', 'Cable clip black', category='clips', pack_size=100, weight_g=5, cost_pence=13)
        model.save('AB-10', 'Junction box', category='boxes', weight_g=120, cost_pence=240)
        model.save('CD-7', 'Caf\xc3\xa9 lamp', category=None, weight_g=2500, cost_pence=4999)
        locations.create_rack('A', 1, 3, 2)
        locations.create_rack('B', 2, 3, 1)
        locations.create('DOCK1')
        locations.create('Q-01-01')
        ledger.move('AB-1', 'A-01-01-0', 250, 'GRN')
        ledger.move('AB-1', 'A-01-03-1', 40, 'GRN')
        ledger.move('AB-10', 'B-02-01-0', 9, 'GRN')
        ledger.move('AB-10', 'B-02-03-0', 20, 'GRN')
        ledger.move('CD-7', 'B-02-02-0', 4, 'GRN')
        accounts.add('boss', 'Mary Poole', 'secret', 'manager')
        accounts.add('pick1', 'Ann Zell', 'picker1')


class Browser:
    """Calls the application as Apache would"""

    def __init__(self, application):
        self.application = application
        self.cookie = ''

    def request(self, method, path, form=None, query=''):
        data = urllib.urlencode(form or {})
        environ = {'REQUEST_METHOD': method, 'PATH_INFO': path, 'QUERY_STRING': query,
                   'CONTENT_LENGTH': str(len(data)), 'HTTP_COOKIE': self.cookie, 'wsgi.input': StringIO(data)}
        chunks = self.application(environ, self.start)
        self.body = ''.join(chunks)
        return self.body

    def start(self, status, headers):
        self.status = status
        self.code = int(status.split()[0])
        self.headers = dict(headers)
        if self.headers.has_key('Set-Cookie'):
            self.cookie = self.headers['Set-Cookie'].split(';')[0]

    def get(self, path, query=''):
        return self.request('GET', path, query=query)

    def post(self, path, **form):
        return self.request('POST', path, form)

    def login(self, name, password):
        self.post('/login', login=name, password=password)
        return self
