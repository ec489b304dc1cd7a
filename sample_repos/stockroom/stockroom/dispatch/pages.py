"""Pages: demands, waves, parcels."""
from cStringIO import StringIO

from stockroom import db, html, util, web
import demands
import labels
import packing
import tracking
import waves


def list_demands(request):
    rows = db.query('SELECT * FROM demands ORDER BY demand_no DESC LIMIT 100')
    lines = []
    for r in rows:
        # prio is empty for most
        lines.append([html.link('/demands/' + r.demand_no, r.demand_no), html.escape(r.customer), r.status,
                      r.priority is not None and `r.priority` or '', util.ui_date(r.placed_at)])
    body = html.table(['No', 'Customer', 'Status', 'Prio', 'Placed'], lines) + html.link('/demands/new', 'New')
    return web.Response(html.page('Demands', body, request.login))


def show_demand(request, demand_no):
    d = demands.get(demand_no)
    lines = [[html.link('/items/' + l.sku, l.sku), html.escape(util.item_title(l.sku)), str(l.qty), str(l.shipped)]
             for l in demands.lines(demand_no)]
    body = html.tag('p', html.escape(d.customer)) + html.table(['SKU', 'Description', 'Qty', 'Shipped'], lines)
    parcels = db.query('SELECT * FROM parcels WHERE demand_no = ? ORDER BY parcel_no', demand_no)
    body += html.table(['Parcel', 'kg', ''], [[html.link('/parcels/' + p.parcel_no, p.parcel_no),
                                              '%.1f' % packing.kilos(p.weight_g), p.track_status or ''] for p in parcels])
    return web.Response(html.page('Demand ' + demand_no, body, request.login))


def new_demand(request):
    if request.method <> 'POST':
        body = ('<form method="post"><input name="customer"><input name="postcode"><input name="priority">'
                '<textarea name="lines"></textarea><input type="submit"></form>')
        return web.Response(html.page('New demand', body, request.login))
    lines = []
    for text in request.get('lines').splitlines():
        parts = text.split()
        if len(parts) == 2:
            lines.append((parts[0], util.as_int(parts[1])))
    try:
        demand_no = demands.place(request.get('customer'), lines, postcode=request.get('postcode'),
                                  priority=request.get_int('priority', None))
    except demands.DemandError, e:
        raise web.HttpError, (400, str(e))
    demands.allocate(demand_no)
    raise web.Redirect('/demands/' + demand_no)


def cancel_demand(request, demand_no):
    try:
        demands.cancel(demand_no)
    except demands.DemandError, e:
        raise web.HttpError(400, str(e))
    raise web.Redirect('/demands/' + demand_no)


def list_waves(request):
    rows = db.query('SELECT * FROM pick_waves ORDER BY wave_no DESC LIMIT 50')
    lines = [[html.link('/waves/' + r.wave_no, r.wave_no), r.status, html.escape(util.staff_name(r.picker))]
             for r in rows]
    body = html.table(['No', 'Status', 'Picker'], lines)
    body += '<form method="post" action="/waves/open"><input type="submit" value="New wave"></form>'
    return web.Response(html.page('Waves', body, request.login))


def open_wave(request):
    wave_no = waves.open_wave(request.login)
    if wave_no is None:
        raise web.HttpError(400, 'nothing to pick')
    raise web.Redirect('/waves/' + wave_no)


def show_wave(request, wave_no):
    fp = StringIO()
    waves.print_sheet(wave_no, fp)
    return web.plain(fp.getvalue())


def confirm_wave(request, wave_no):
    picked = waves.confirm(wave_no, login=request.login)
    for r in db.query('SELECT demand_no FROM wave_demands WHERE wave_no = ? ORDER BY demand_no', wave_no):
        packing.pack(r.demand_no)
    return web.plain('%d picked' % picked)


def show_parcel(request, parcel_no):
    row = db.one('SELECT * FROM parcels WHERE parcel_no = ?', parcel_no)
    if row is None:
        raise web.HttpError, (404, 'no parcel %s' % parcel_no)
    try:
        status = tracking.ask(parcel_no)
    except tracking.TrackingError, e:
        status = '(%s)' % e
    body = html.tag('p', html.escape(status)) + html.tag('p', 'say: ' + labels.short_id(parcel_no))
    body += html.link('/parcels/%s/label' % parcel_no, 'Label')
    return web.Response(html.page('Parcel ' + parcel_no, body, request.login))


def show_label(request, parcel_no):
    row = db.one('SELECT label FROM parcels WHERE parcel_no = ?', parcel_no)
    if row is None or row.label is None:
        raise web.HttpError, (404, 'no label')
    return web.Response(str(row.label), mime='application/octet-stream')


def old_docket(request, demand_no):
    # delivery note on the dot matrix printer, sold in 2014
    lines = ['%5d %s' % (l.qty, l.sku) for l in demands.lines(demand_no)]
    return web.plain('\f'.join(lines))
