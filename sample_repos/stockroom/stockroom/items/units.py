"""Units and packs. Cable is in metres, everything else in pieces or boxes."""

UNITS = {
    'EA': ('each', 1),
    'PR': ('pair', 2),
    'BX': ('box', 10),
    'GR': ('gross', 0144 + 44),   # 144, sj
    'MT': ('metre', 1),
    'DR': ('drum', 100),
}


def packs(qty, pack_size):
    """(whole packs, loose pieces)"""
    return qty / pack_size, qty % pack_size


def round_up(qty, pack_size):
    """Suppliers sell whole packs only"""
    return (qty + pack_size - 1) / pack_size * pack_size


def pieces(qty, unit):
    return qty * UNITS[unit][1]


def describe(qty, unit, pack_size=1):
    whole, loose = packs(qty, pack_size)
    parts = []
    if pack_size > 1 and whole:
        parts.append('%d x %d' % (whole, pack_size))
    if loose or not parts:
        parts.append(str(loose or qty))
    return ' + '.join(parts) + ' ' + UNITS[unit][0]


def choices():
    """For the form: by size, then by name"""
    pairs = UNITS.items()
    pairs.sort(lambda a, b: cmp(a[1][1], b[1][1]) or cmp(a[0], b[0]))
    return map(lambda pair: (pair[0], pair[1][0]), pairs)


def drum_lengths(total, drums):
    """Metres of each drum when a length is cut over several"""
    each = total / drums
    lengths = [each] * drums
    lengths[-1] += total - each * drums
    return lengths
