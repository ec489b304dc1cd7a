"""Pages: counts."""
from stockroom import db, html, util, web
import sheets
import variance


def list_sheets(request):
    rows = db.query('SELECT * FROM count_sheets ORDER BY sheet_no DESC')
    lines = [[html.link('/counts/' + r.sheet_no, r.sheet_no), r.zone, r.status, '%d%%' % sheets.progress(r.sheet_no)]
             for r in rows]
    body = html.table(['No', 'Zone', 'Status', 'Counted'], lines)
    body += '<form method="post" action="/counts/open"><input name="zone"><input type="submit"></form>'
    return web.Response(html.page('Counts', body, request.login))


def open_sheet(request):
    try:
        sheet_no = sheets.open_sheet(request.get('zone'), request.login)
    except sheets.CountError, e:
        raise web.HttpError(400, str(e))
    raise web.Redirect('/counts/' + sheet_no)


def show_sheet(request, sheet_no):
    if request.method == 'POST':
        try:
            for code, sku, qty in sheets.parse_entry(request.get('entries')):
                sheets.enter(sheet_no, code, sku, qty)
        except sheets.CountError, e:
            raise web.HttpError, (400, str(e))
        raise web.Redirect('/counts/' + sheet_no)
    lines = [[html.escape(l.bin_code), html.escape(l.sku), html.escape(util.item_title(l.sku)),
              l.counted is None and '____' or str(l.counted)] for l in sheets.lines(sheet_no)]
    body = html.table(['Bin', 'SKU', 'Description', 'Counted'], lines)
    body += html.link('/counts/%s/differences' % sheet_no, 'Differences')
    return web.Response(html.page('Count ' + sheet_no, body, request.login))


def differences(request, sheet_no):
    lines = [[html.escape(l.bin_code), html.escape(l.sku), `l.expected`, `l.counted`, util.pounds(pence)]
             for pence, l in variance.differences(sheet_no)]
    body = html.table(['Bin', 'SKU', 'Book', 'Counted', 'Value'], lines)
    body += '<form method="post" action="/counts/%s/post"><input type="submit" value="Post"></form>' % sheet_no
    return web.Response(html.page('Differences ' + sheet_no, body, request.login))


def post(request, sheet_no):
    booked, left = variance.post(sheet_no, request.login, request.get_int('force'))
    return web.plain('%d booked, %d to recount' % (booked, left))
