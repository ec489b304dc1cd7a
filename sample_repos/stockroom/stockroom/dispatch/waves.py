"""Pick waves: several demands, one walk."""
from stockroom import db, util
from stockroom.stock import allocation, locations
import demands

LINES_PER_WAVE = 30


def open_wave(picker, limit=LINES_PER_WAVE):
    """Takes allocated demands by urgency until the wave is full; None if there are none"""
    rows = db.query("SELECT * FROM demands WHERE status = 'ALLOC'")
    rows.sort(demands.urgency)
    taken, count = [], 0
    for d in rows:
        n = len(demands.lines(d.demand_no))
        if taken and count + n > limit:
            continue
        taken.append(d.demand_no)
        count += n
    if not taken:
        return None
    wave_no = db.next_number('wave', 'W')
    db.insert('pick_waves', wave_no=wave_no, picker=picker, opened_at=util.stamp())
    for demand_no in taken:
        db.execute('INSERT INTO wave_demands (wave_no, demand_no) VALUES (?, ?)', wave_no, demand_no)
        db.execute("UPDATE demands SET status = 'PICK' WHERE demand_no = ?", demand_no)
    return wave_no


def sheet(wave_no):
    """[(bin, sku, qty, [allocation ids])] in the order of the walk"""
    rows = db.query('SELECT a.* FROM allocations a, demand_lines l, wave_demands w WHERE l.id = a.demand_line_id '
                    'AND w.demand_no = l.demand_no AND w.wave_no = ? AND a.picked = 0 ORDER BY a.id', wave_no)
    stops = {}
    for a in rows:
        stops.setdefault((a.bin_code, a.sku), []).append(a)
    order = locations.walk(util.unique([code for code, sku in stops.keys()]))
    keys = stops.keys()
    keys.sort(lambda (b1, s1), (b2, s2): cmp(order.index(b1), order.index(b2)) or cmp(s1, s2))
    return [(b, s, sum([a.qty for a in stops[(b, s)]]), [a.id for a in stops[(b, s)]]) for b, s in keys]


def print_sheet(wave_no, fp):
    wave = db.one('SELECT * FROM pick_waves WHERE wave_no = ?', wave_no)
    print >>fp, 'WAVE %s   %s   %s' % (wave_no, util.staff_name(wave.picker), wave.opened_at)
    print >>fp, '-' * 60
    for n, (bin_code, sku, qty, ids) in enumerate(sheet(wave_no)):
        print >>fp, '%3d' % (n + 1),
        print >>fp, '%-12s %-16s %5d' % (bin_code, sku, qty),
        print >>fp, util.shorten(util.item_title(sku), 20)
    print >>fp


def confirm(wave_no, short=None, login=None):
    """Everything picked except {allocation id: qty that was there}"""
    short = short or {}
    picked = 0
    for bin_code, sku, qty, ids in sheet(wave_no):
        for id in ids:
            picked += allocation.pick(id, short.get(id), login)
    db.execute("UPDATE pick_waves SET status = 'DONE', closed_at = ? WHERE wave_no = ?", util.stamp(), wave_no)
    db.execute("UPDATE demands SET status = 'PACK' WHERE demand_no IN "
               '(SELECT demand_no FROM wave_demands WHERE wave_no = ?)', wave_no)
    return picked


def split(skus, pickers):
    """A long list over several people, everybody gets about the same"""
    sizes = util.split_evenly(len(skus), pickers)
    parts, start = [], 0
    for size in sizes:
        parts.append(skus[start:start + size])
        start += size
    return parts


def minutes(wave_no):
    """Expected time: 40 seconds a stop and the way, whole minutes"""
    stops = sheet(wave_no)
    metres = 0
    for a, b in util.pairwise([s[0] for s in stops]):
        metres += locations.distance(a, b)
    return int(len(stops) * 40 + metres) / 60
