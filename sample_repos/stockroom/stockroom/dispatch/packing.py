"""Parcels: at most 20 kg, first fit."""
from stockroom import db, util
from stockroom.items import model
import demands
import labels

LIMIT_G = 20000
BOX_G = 350


def piece_weights(demand_no):
    """[(grams, sku)] for each piece, the heaviest first"""
    pieces = []
    for line in demands.lines(demand_no):
        done = db.value('SELECT SUM(qty) FROM allocations WHERE demand_line_id = ? AND picked = 1', line.id) or 0
        if done:
            pieces.extend([(model.weight([(line.sku, 1)]), line.sku)] * done)
    pieces.sort(lambda a, b: cmp(b, a))
    return pieces


def fit(pieces, limit=LIMIT_G):
    """[[(grams, sku)]]. A piece over the limit gets a parcel of its own."""
    boxes = []
    for grams, sku in pieces:
        for box in boxes:
            if sum([g for g, s in box]) + grams <= limit:
                box.append((grams, sku))
                break
        else:
            boxes.append([(grams, sku)])
    return boxes


def pack(demand_no):
    """Parcels and labels; the demand is shipped then"""
    demand = demands.get(demand_no)
    if demand.status <> 'PACK':
        raise demands.DemandError, '%s is %s' % (demand_no, demand.status)
    numbers = []
    for box in fit(piece_weights(demand_no)):
        grams = sum([g for g, s in box]) + BOX_G
        parcel_no = db.next_number('parcel', 'TE')
        label = labels.build(parcel_no, demand.customer, demand.postcode or '', grams)
        db.insert('parcels', parcel_no=parcel_no, demand_no=demand_no, weight_g=grams, label=buffer(label))
        numbers.append(parcel_no)
    demands.ship(demand_no)
    return numbers


def kilos(grams):
    """As the carrier bills it: every started half kilo"""
    return (grams + 499) / 500 * 0.5


def contents(box):
    """'2 x AB-1, 1 x CD-2'"""
    counts = {}
    for grams, sku in box:
        counts[sku] = counts.get(sku, 0) + 1
    return ', '.join(['%d x %s' % (n, sku) for sku, n in util.by_count(counts)])
