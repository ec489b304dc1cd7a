# Which price does the customer pay. The order of the rules was negotiated with sales
# for half a year (OD-402), do not touch:
#    1. customer's own price list, best quantity break
#    2. the default price list
#    3. list price
import csv

from orderdesk import settings
from orderdesk.db import db
from orderdesk.legacy.fxrates import toBase
from orderdesk.models import PriceList, PriceListItem, Product
from orderdesk.utils import audit, norm_sku, parse_date, parse_money, round2, toInt, today


def _valid(plist, on):
    if plist is None:
        return False
    if plist.valid_from and plist.valid_from > on:
        return False
    if plist.valid_to and plist.valid_to < on:
        return False
    return True


def _item_price(plist, product, qty, on):
    if not _valid(plist, on):
        return None
    item = (
        PriceListItem.query.filter_by(price_list_id=plist.id, product_id=product.id)
        .filter(PriceListItem.min_qty <= qty)
        .order_by(PriceListItem.min_qty.desc())
        .first()
    )
    if item is None:
        return None
    if plist.currency != settings.BASE_CURRENCY:
        return toBase(item.price, plist.currency, on)
    return item.price


def get_price(product, customer=None, qty=1, on=None):
    on = on or today()
    if customer is not None and customer.price_list_id:
        p = _item_price(customer.price_list, product, qty, on)
        if p is not None:
            return round2(p)
    default = PriceList.query.filter_by(is_default=True).first()
    p = _item_price(default, product, qty, on)
    if p is not None:
        return round2(p)
    return round2(product.list_price)


# old name, the desk still calls it like that
getPrice = get_price


def price_breaks(product, plist):
    items = PriceListItem.query.filter_by(price_list_id=plist.id, product_id=product.id)
    return [(i.min_qty, i.price) for i in items.order_by(PriceListItem.min_qty)]


def set_price(plist, product, min_qty, price):
    item = PriceListItem.query.filter_by(
        price_list_id=plist.id, product_id=product.id, min_qty=min_qty
    ).first()
    if item is None:
        item = PriceListItem(price_list_id=plist.id, product_id=product.id, min_qty=min_qty)
        db.session.add(item)
    item.price = round2(price)
    return item


def import_price_file(fh, plist_code):
    """Supplier/head office price file: sku;min qty;price;valid from (dd/mm/yyyy).

    Lines with an unknown sku are reported, not fatal. Lines with a date in the
    future are skipped, they come again with the next file (OD-980).
    """
    plist = PriceList.query.filter_by(code=plist_code).first()
    if plist is None:
        raise ValueError("no such price list: %s" % plist_code)
    done, problems = 0, []
    for n, row in enumerate(csv.reader(fh, delimiter=";"), 1):
        if not row or row[0].startswith("#"):
            continue
        if len(row) < 3:
            problems.append("line %d: too short" % n)
            continue
        product = Product.query.filter_by(sku=norm_sku(row[0])).first()
        if product is None:
            problems.append("line %d: unknown sku %s" % (n, row[0]))
            continue
        try:
            price = parse_money(row[2])
        except ValueError as e:
            problems.append("line %d: %s" % (n, e))
            continue
        if len(row) > 3 and parse_date(row[3]) and parse_date(row[3]) > today():
            continue
        set_price(plist, product, toInt(row[1], 1) or 1, price)
        done += 1
    audit("PRICEIMPORT", "%s: %d prices, %d problems" % (plist_code, done, len(problems)))
    return done, problems
