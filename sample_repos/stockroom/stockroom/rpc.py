"""Handheld scanners talk XML-RPC on port 8091. Ten years old, cannot do anything else."""
import socket
import xmlrpclib
from SimpleXMLRPCServer import SimpleXMLRPCServer, SimpleXMLRPCDispatcher, SimpleXMLRPCRequestHandler

from stockroom import config, db, util
from stockroom.items import model
from stockroom.stock import ledger, locations
from stockroom.counting import sheets
from stockroom.users import accounts


class Handler(SimpleXMLRPCRequestHandler):
    rpc_paths = ('/RPC2',)

    def parse_request(self):
        if not SimpleXMLRPCRequestHandler.parse_request(self):
            return False
        wanted = (config.get('scanners', 'user'), config.get('scanners', 'password'))
        if accounts.basic_auth(self.headers.getheader('Authorization')) == wanted:
            return True
        self.send_error(401, 'who are you')
        return False


class Scanner:
    """What a scanner can call. No unicode on the scanners: latin-1 in a Binary."""

    def lookup(self, code):
        item = model.get(code)
        if item is None:
            return 0
        text = util.to_unicode(item.description).encode('latin-1', 'replace')
        return {'sku': item.sku, 'text': xmlrpclib.Binary(text), 'free': util.free_qty(item.sku)}

    def move(self, sku, source, target, qty):
        try:
            ledger.transfer(sku, source, target, qty, 'scanner')
        except (ledger.StockError, locations.BinError), e:
            return str(e)
        return 'OK'

    def count(self, sheet_no, bin_code, sku, qty):
        sheets.enter(sheet_no, bin_code, sku, qty)
        return sheets.progress(sheet_no)

    def bins(self, sku):
        rows = db.query('SELECT bin_code, qty FROM bin_stock WHERE sku = ? AND qty > 0', sku)
        order = locations.walk([r.bin_code for r in rows])
        have = dict([(r.bin_code, r.qty) for r in rows])
        return map(lambda code: [code, have[code]], order)

    def ping(self):
        return util.machine()


def dispatcher():
    d = SimpleXMLRPCDispatcher(allow_none=1, encoding='utf-8')
    d.register_instance(Scanner())
    return d


def call(name, *args):
    """One call through the marshalling, without a socket"""
    request = xmlrpclib.dumps(args, name, allow_none=1)
    answer = dispatcher()._marshaled_dispatch(request)
    (result,), method = xmlrpclib.loads(answer)
    return result


def serve():
    try:
        server = SimpleXMLRPCServer((config.get('scanners', 'host'), config.get_int('scanners', 'port')), Handler)
    except socket.error, (number, text):
        raise SystemExit, 'port is in use: %s' % text
    server.register_instance(Scanner())
    print 'scanners on port', config.get('scanners', 'port')
    server.serve_forever()


if __name__ == '__main__':
    db.connect()
    serve()
