"""Pages: reports."""
from stockroom import html, util, web
import formula
import pareto
import queries
import textreport

LINKS = [('/reports/cover', 'Cover'), ('/reports/suppliers', 'Suppliers'), ('/reports/pickers', 'Pickers'),
         ('/reports/losses', 'Losses'), ('/reports/formula', 'Own columns')]


def index(request):
    body = '<br>'.join([html.link(url, name) for url, name in LINKS])
    return web.Response(html.page('Reports', body, request.login))


def cover(request):
    report = textreport.Report('Cover', [textreport.Column('SKU', 16), textreport.Column('On hand', 8, 1),
                                         textreport.Column('Wanted', 8, 1), textreport.Column('Coming', 8, 1),
                                         textreport.Column('Left', 8, 1)])
    for row in queries.cover():
        report.add(*row)
    return web.plain(report.text())


def supplier_delay(request):
    lines = [[html.escape(code), str(n), str(days)] for code, n, days in queries.supplier_delay()]
    return web.Response(html.page('Suppliers', html.table(['Code', 'Receipts', 'Days late'], lines), request.login))


def pickers(request):
    lines = [[html.escape(name), str(waves), str(pieces)] for name, waves, pieces in queries.pickers()]
    return web.Response(html.page('Pickers', html.table(['Name', 'Waves', 'Per wave'], lines), request.login))


def losses(request):
    lines = [[r.zone, util.pounds(r.pence)] for r in queries.count_loss()]
    return web.Response(html.page('Losses', html.table(['Zone', 'Value'], lines), request.login))


def own_columns(request):
    code = request.get('code')
    if not code:
        names = formula.FUNCTIONS.keys()
        names.sort()
        body = html.tag('p', ', '.join(['%s(%s)' % (n, ', '.join(formula.arguments(n))) for n in names]))
        body += '<form><input name="code"><input type="submit"></form>'
        return web.Response(html.page('Own columns', body, request.login))
    try:
        lines = [[html.escape(sku), html.escape(value)] for sku, value in formula.sorted_column(code)]
    except formula.FormulaError, e:
        raise web.HttpError(400, str(e))
    return web.Response(html.page('Own columns', html.table(['SKU', code], lines), request.login))


def classes(request):
    counts = pareto.update()
    keys = counts.keys()
    keys.sort()
    return web.plain('\n'.join(['%s %d' % (k, counts[k]) for k in keys]))


def kpi(request):
    # the screen at the gate, taken down in 2015
    rows = queries.cover()
    short = filter(lambda r: r[4] < 0, rows)
    return web.plain('%d%%' % (100 - util.percent(len(short), len(rows))))
