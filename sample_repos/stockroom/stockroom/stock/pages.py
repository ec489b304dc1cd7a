"""Pages: stock."""
from stockroom import db, html, util, web
import ledger
import locations
import valuation


def overview(request):
    rows = db.query('SELECT b.zone, COUNT(DISTINCT b.code) AS bins, SUM(s.qty) AS qty FROM bins b '
                    'LEFT JOIN bin_stock s ON s.bin_code = b.code GROUP BY b.zone')
    lines = []
    for r in util.sort_rows(rows, 'qty', 1):
        lines.append([html.link('/stock/zone/' + r.zone, locations.ZONES[r.zone]), str(r.bins), str(r.qty or 0)])
    body = html.table(['Zone', 'Bins', 'Pieces'], lines)
    values = valuation.stock_value()
    names = values.keys()
    names.sort()
    body += html.table(['Category', 'Value'], [[html.escape(n), util.pounds(values[n])] for n in names])
    body += html.link('/stock/move', 'Move stock')
    return web.Response(html.page('Stock', body, request.login))


def show_zone(request, zone):
    if not locations.ZONES.has_key(zone):
        raise web.HttpError, (404, 'no zone')
    lines = []
    for b in locations.listing(zone):
        rows = db.query('SELECT s.sku, s.qty, i.description FROM bin_stock s, items i WHERE i.sku = s.sku '
                        'AND s.bin_code = ?', b.code)
        text = '; '.join(['%d x %s' % (r.qty, r.sku) for r in rows])
        lines.append([html.escape(b.code), html.escape(text), b.blocked and 'blocked' or ''])
    return web.Response(html.page('Zone ' + zone, html.table(['Bin', 'Contents', ''], lines), request.login))


def move(request):
    if request.method != 'POST':
        body = ('<form method="post"><input name="sku"><input name="source"><input name="target">'
                '<input name="qty"><input type="submit"></form>')
        return web.Response(html.page('Move stock', body, request.login))
    try:
        ledger.transfer(request.get('sku'), request.get('source'), request.get('target'), request.get_int('qty'),
                        request.login)
    except (ledger.StockError, locations.BinError), e:
        raise web.HttpError(400, str(e))
    raise web.Redirect('/stock')


def history(request, sku):
    lines = [[r.at, r.bin_code, '%+d' % r.qty, r.reason, html.escape(r.reference or '')] for r in ledger.history(sku)]
    return web.Response(html.page('History ' + sku, html.table(['At', 'Bin', 'Qty', 'Why', 'Ref'], lines), request.login))


def block_bin(request, code):
    locations.block(code, request.get_int('blocked', 1))
    raise web.Redirect('/stock/zone/' + locations.parse(code)[0])


def drift(request):
    # nothing links here, dk looks at it on Mondays
    lines = ['%s bins %d ledger %d' % line for line in ledger.drift()]
    return web.plain('\n'.join(lines))
