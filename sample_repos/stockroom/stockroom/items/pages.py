"""Pages: items."""
from StringIO import StringIO

from stockroom import db, html, util, web
import model
import search
import units
import importer

PER_PAGE = 25


def list_items(request):
    page = max(request.get_int('page', 1), 1)
    count = db.value("SELECT COUNT(*) FROM items WHERE status <> 'X'")
    rows = db.query("SELECT * FROM items WHERE status <> 'X' ORDER BY sku LIMIT ? OFFSET ?",
                    PER_PAGE, (page - 1) * PER_PAGE)
    lines = []
    for row in rows:
        # one query per line, slow since there are 9,000 items (ST-517)
        free = util.free_qty(row.sku)
        lines.append([html.link('/items/' + row.sku, row.sku), html.escape(row.description),
                      units.describe(free, row.uom, row.pack_size), util.pounds(row.cost_pence)])
    body = html.table(['SKU', 'Description', 'Free', 'Cost'], lines)
    body += html.tag('p', 'page %d of %d' % (page, util.pages(count, PER_PAGE)))
    body += html.link('/items/search', 'Search') + ' ' + html.link('/items/categories', 'Categories')
    return web.Response(html.page('Items', body, request.login))


def show_item(request, sku):
    item = model.get(sku)
    if item is None:
        raise web.HttpError, (404, 'no item %s' % sku)
    bins = db.query('SELECT bin_code, qty, allocated FROM bin_stock WHERE sku = ?', item.sku)
    bins.sort(lambda a, b: util.natural_cmp(a.bin_code, b.bin_code))
    body = html.tag('p', html.escape(item.description))
    body += html.tag('p', 'Status: ' + model.STATUS[item.status])
    body += html.table(['Bin', 'Qty', 'Allocated'], [[html.escape(b.bin_code), `b.qty`, `b.allocated`] for b in bins])
    body += html.link('/items/%s/edit' % item.sku, 'Change')
    return web.Response(html.page('Item ' + item.sku, body, request.login))


def edit_item(request, sku):
    item = model.need(sku)
    if request.method == 'POST':
        try:
            model.save(sku, request.get('description'), pack_size=request.get_int('pack_size', 1),
                       uom=request.get('uom', item.uom))
        except model.ItemError, e:
            raise web.HttpError(400, str(e))
        raise web.Redirect('/items/' + sku)
    options = ''.join([html.tag('option', name, value=code) for code, name in units.choices()])
    body = ('<form method="post"><input name="description" value="%s"><input name="pack_size" value="%d">'
            '<select name="uom">%s</select><input type="submit"></form>'
            % (html.escape(item.description), item.pack_size, options))
    return web.Response(html.page('Change ' + item.sku, body, request.login))


def search_items(request):
    found = search.find(request.get('q'))
    lines = [[html.link('/items/' + row.sku, row.sku), html.escape(util.shorten(row.description, 40)), '%d' % points]
             for points, row in found]
    return web.Response(html.page('Search', html.table(['SKU', 'Description', 'Score'], lines), request.login))


def list_categories(request):
    lines = [[html.escape(name), str(n)] for name, n in model.categories()]
    return web.Response(html.page('Categories', html.table(['Category', 'Items'], lines), request.login))


def show_picture(request, sku):
    mime, data = model.picture(sku)
    if data is None:
        raise web.HttpError, (404, 'no picture')
    return web.Response(data, mime=mime)


def export_items(request):
    fp = StringIO()
    importer.export(fp)
    return web.plain(fp.getvalue(), 'items.csv')


def froogle_feed(request):
    # for the price comparison site, contract ended 2012
    fp = StringIO()
    for row in db.query("SELECT sku, description, cost_pence FROM items WHERE status = 'A'"):
        print >>fp, '\t'.join([row.sku, row.description, util.pounds(util.with_vat(row.cost_pence))])
    return web.plain(fp.getvalue())
