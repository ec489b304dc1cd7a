# The WSGI application. Apache, mod_wsgi, processes=1 (sessions!), threads=1 (database!)
import re
import sys
import traceback
from cStringIO import StringIO

from stockroom import db, html, util, web
from stockroom.items import pages as items
from stockroom.stock import pages as stock
from stockroom.receiving import pages as receiving
from stockroom.dispatch import pages as dispatch
from stockroom.counting import pages as counting
from stockroom.users import pages as users
from stockroom.users import accounts, sessions
from stockroom.reports import pages as reports


def home(request):
    lines = [['%d' % db.value("SELECT COUNT(*) FROM demands WHERE status = 'NEW'"), 'demands waiting'],
             ['%d' % db.value("SELECT COUNT(*) FROM purchase_orders WHERE status = 'SENT'"), 'orders on the way'],
             ['%d' % db.value("SELECT COUNT(*) FROM count_sheets WHERE status = 'OPEN'"), 'counts open']]
    return web.Response(html.page('Stockroom', html.table(['', ''], lines), request.login))


def stock_check(request, sku):
    # the web shop of the parent company asks this, key in the URL (ST-297)
    if request.get('key') <> 'tarrant-web':
        raise web.HttpError, (403, 'key')
    return web.plain(str(util.free_qty(sku)))


ANYBODY, STAFF, MANAGER = range(3)

ROUTES = [
    (r'/', home, STAFF),
    (r'/login', users.login, ANYBODY),
    (r'/logout', users.logout, ANYBODY),
    (r'/staff', users.list_staff, MANAGER),
    (r'/staff/add', users.add_staff, MANAGER),
    (r'/check/([^/]+)', stock_check, ANYBODY),
    (r'/items', items.list_items, STAFF),
    (r'/items/search', items.search_items, STAFF),
    (r'/items/categories', items.list_categories, STAFF),
    (r'/items/export', items.export_items, STAFF),
    (r'/items/froogle', items.froogle_feed, ANYBODY),
    (r'/items/([^/]+)', items.show_item, STAFF),
    (r'/items/([^/]+)/edit', items.edit_item, MANAGER),
    (r'/items/([^/]+)/picture', items.show_picture, STAFF),
    (r'/stock', stock.overview, STAFF),
    (r'/stock/move', stock.move, STAFF),
    (r'/stock/drift', stock.drift, STAFF),
    (r'/stock/zone/([A-Z])', stock.show_zone, STAFF),
    (r'/stock/history/([^/]+)', stock.history, STAFF),
    (r'/stock/bin/([^/]+)/block', stock.block_bin, MANAGER),
    (r'/purchase', receiving.list_orders, STAFF),
    (r'/purchase/new', receiving.new_order, MANAGER),
    (r'/purchase/proposals', receiving.show_proposals, STAFF),
    (r'/purchase/([^/]+)', receiving.show_order, STAFF),
    (r'/purchase/([^/]+)/send', receiving.send_order, MANAGER),
    (r'/goodsin', receiving.goods_in, STAFF),
    (r'/goodsin/putaway', receiving.put_away, STAFF),
    (r'/suppliers', receiving.list_suppliers, STAFF),
    (r'/demands', dispatch.list_demands, STAFF),
    (r'/demands/new', dispatch.new_demand, STAFF),
    (r'/demands/([^/]+)', dispatch.show_demand, STAFF),
    (r'/demands/([^/]+)/cancel', dispatch.cancel_demand, STAFF),
    (r'/demands/([^/]+)/docket', dispatch.old_docket, STAFF),
    (r'/waves', dispatch.list_waves, STAFF),
    (r'/waves/open', dispatch.open_wave, STAFF),
    (r'/waves/([^/]+)', dispatch.show_wave, STAFF),
    (r'/waves/([^/]+)/confirm', dispatch.confirm_wave, STAFF),
    (r'/parcels/([^/]+)', dispatch.show_parcel, STAFF),
    (r'/parcels/([^/]+)/label', dispatch.show_label, STAFF),
    (r'/counts', counting.list_sheets, STAFF),
    (r'/counts/open', counting.open_sheet, STAFF),
    (r'/counts/([^/]+)', counting.show_sheet, STAFF),
    (r'/counts/([^/]+)/differences', counting.differences, STAFF),
    (r'/counts/([^/]+)/post', counting.post, MANAGER),
    (r'/reports', reports.index, STAFF),
    (r'/reports/cover', reports.cover, STAFF),
    (r'/reports/suppliers', reports.supplier_delay, STAFF),
    (r'/reports/pickers', reports.pickers, MANAGER),
    (r'/reports/losses', reports.losses, MANAGER),
    (r'/reports/formula', reports.own_columns, MANAGER),
    (r'/reports/classes', reports.classes, MANAGER),
    (r'/reports/kpi', reports.kpi, ANYBODY),
]

_compiled = map(lambda (pattern, page, who): (re.compile(pattern + '$'), page, who), ROUTES)


def find(path):
    for pattern, page, who in _compiled:
        match = pattern.match(path)
        if match:
            return page, match.groups(), who
    raise web.HttpError, (404, 'no page %s' % path)


def allow(request, who):
    if who == ANYBODY:
        return
    session = sessions.find(request.cookie('session'))
    if session is None:
        raise web.Redirect('/login')
    if who == MANAGER and not accounts.at_least(session.role, 'manager'):
        raise web.HttpError(403, 'not for %s' % session.role)
    request.login = session.login


def answer(request):
    try:
        page, args, who = find(request.path)
        allow(request, who)
        return page(request, *args)
    except web.Redirect, e:
        response = web.Response('', 302)
        response.headers.append(('Location', e.url))
        return response
    except web.HttpError, e:
        return web.Response(html.page(web.STATUS[e.code], html.tag('p', html.escape(e.message))), e.code)
    except Exception, e:
        fp = StringIO()
        traceback.print_exc(file=fp)
        util.log('%s %s\n%s', request.method, request.path, fp.getvalue())
        return web.Response(html.page('Error', html.tag('p', 'Tell dk: ' + html.escape(`e`))), 500)


def application(environ, start_response):
    response = answer(web.Request(environ))
    headers = response.headers + [('Content-Length', str(len(response.body)))]
    start_response(response.status(), headers)
    return [response.body]


if __name__ == '__main__':
    from wsgiref.simple_server import make_server
    db.connect()
    print >>sys.stderr, 'http://localhost:8090/'
    make_server('', 8090, application).serve_forever()
