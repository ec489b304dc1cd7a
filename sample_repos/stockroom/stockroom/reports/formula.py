"""Own columns: the managers type Python ('qty * cost // 100'), it is run per row."""
import __builtin__
import inspect
import sys

from stockroom import db, util


class FormulaError(Exception):
    pass


def _round(x):
    return int(round(x))


FUNCTIONS = {'pounds': util.pounds, 'percent': util.percent, 'rounded': _round, 'min': min, 'max': max}


def run(code, row):
    """Value of 'result' after the statements of code"""
    space = FUNCTIONS.copy()
    for name in row.keys():
        space[name] = row[name]
    space['__builtins__'] = {'None': None, 'int': __builtin__.int, 'str': __builtin__.str}
    if '=' not in code.replace('==', ''):
        code = 'result = ' + code
    try:
        exec code in space
    except Exception, e:
        raise FormulaError, '%s: %s' % (e.__class__.__name__, e), sys.exc_info()[2]
    if not space.has_key('result'):
        raise FormulaError('no result')
    return space['result']


def column(code, limit=500):
    """[(sku, value)] over all items"""
    rows = db.query('SELECT i.sku, i.cost_pence AS cost, i.pack_size AS pack, i.sold_12m AS sold, '
                    '(SELECT SUM(s.qty) FROM bin_stock s WHERE s.sku = i.sku) AS qty FROM items i '
                    'ORDER BY i.sku LIMIT ?', limit)
    return [(r.sku, run(code, r)) for r in rows]


def sorted_column(code):
    """Highest first. Rows whose formula gives nothing (None) are last, text is first."""
    values = column(code)
    values.sort(lambda (s1, v1), (s2, v2): cmp(v2, v1) or cmp(s1, s2))
    return values


def arguments(name):
    """For the help page"""
    function = FUNCTIONS[name]
    if not inspect.isfunction(function):
        return ['...']
    return inspect.getargspec(function)[0]


def apply_all(functions, *args):
    return [apply(f, args) for f in functions]
