"""Pages: purchase orders, goods in."""
from stockroom import db, html, util, web
import goodsin
import purchase
import reorder
import suppliers


def list_orders(request):
    rows = db.query('SELECT o.*, s.name FROM purchase_orders o, suppliers s WHERE s.code = o.supplier_code '
                    'ORDER BY o.po_no DESC')
    lines = [[html.link('/purchase/' + r.po_no, r.po_no), html.escape(r.name), r.status, util.ui_date(r.due_on),
              '%d%%' % purchase.progress(r.po_no)] for r in rows]
    body = html.table(['No', 'Supplier', 'Status', 'Due', 'Received'], lines)
    body += html.link('/purchase/new', 'New') + ' ' + html.link('/purchase/proposals', 'Proposals')
    body += ' ' + html.link('/suppliers', 'Suppliers')
    return web.Response(html.page('Purchase orders', body, request.login))


def show_order(request, po_no):
    order = purchase.get(po_no)
    lines = [[html.link('/items/' + l.sku, l.sku), html.escape(util.item_title(l.sku)), `l.qty`, `l.received`,
              util.pounds(l.price_pence)] for l in purchase.lines(po_no)]
    body = html.table(['SKU', 'Description', 'Qty', 'Received', 'Price'], lines)
    body += html.tag('p', 'Total ' + util.pounds(purchase.total(po_no)))
    if order.status == 'OPEN':
        body += '<form method="post" action="/purchase/%s/send"><input type="submit" value="Send"></form>' % po_no
    return web.Response(html.page('Order ' + po_no, body, request.login))


def new_order(request):
    if request.method != 'POST':
        body = ('<form method="post"><input name="supplier"><textarea name="lines"></textarea>'
                '<input type="submit"></form>')
        return web.Response(html.page('New order', body, request.login))
    lines = []
    for text in request.get('lines').splitlines():
        if text.strip():
            sku, qty = text.split()
            lines.append((sku, int(qty)))
    try:
        po_no = purchase.raise_order(request.get('supplier'), lines)
    except (purchase.PurchaseError, suppliers.SupplierError), e:
        raise web.HttpError(400, str(e))
    raise web.Redirect('/purchase/' + po_no)


def send_order(request, po_no):
    try:
        purchase.send(po_no)
    except purchase.PurchaseError, e:
        raise web.HttpError(400, str(e))
    raise web.Redirect('/purchase/' + po_no)


def show_proposals(request):
    wanted = reorder.proposals()
    lines = []
    for code in sorted(wanted.keys()):
        for sku, qty in wanted[code]:
            lines.append([html.escape(code), html.escape(sku), str(qty)])
    return web.Response(html.page('Proposals', html.table(['Supplier', 'SKU', 'Qty'], lines), request.login))


def goods_in(request):
    if request.method != 'POST':
        rows = db.query('SELECT * FROM goods_receipts ORDER BY grn_no DESC LIMIT 20')
        body = html.table(['GRN', 'Order', 'At', 'By'], [[r.grn_no, r.po_no, r.received_at,
                                                         html.escape(util.staff_name(r.login))] for r in rows])
        body += '<form method="post" action="/goodsin/putaway"><input type="submit" value="Put away"></form>'
        return web.Response(html.page('Goods in', body, request.login))
    got = {request.get('sku'): request.get_int('qty')}
    try:
        grn_no = goodsin.receive(request.get('po_no'), got, request.login, request.get('note') or None)
    except (purchase.PurchaseError, goodsin.OverDelivery), e:
        raise web.HttpError, (400, str(e))
    return web.plain(grn_no)


def put_away(request):
    moved = goodsin.put_away(request.login)
    return web.plain('\n'.join(['%s %d %s' % line for line in moved]))


def list_suppliers(request):
    rows = db.query('SELECT * FROM suppliers')
    rows.sort(lambda a, b: cmp(a.name.lower(), b.name.lower()))
    lines = [[html.escape(r.code), html.escape(r.name), html.escape(r.email), `r.lead_days`] for r in rows]
    return web.Response(html.page('Suppliers', html.table(['Code', 'Name', 'Mail', 'Days'], lines), request.login))
