# raw SQL helpers, from the time before the ORM.   GH
from sqlalchemy import text

from orderdesk.db import db


def sqlAll(sql, **params):
    """list of dicts"""
    res = db.session.execute(text(sql), params)
    return [dict(r._mapping) for r in res]


def sqlOne(sql, **params):
    rows = sqlAll(sql, **params)
    if not rows:
        return None
    return rows[0]


def sqlValue(sql, default=0, **params):
    row = sqlOne(sql, **params)
    if row is None:
        return default
    v = list(row.values())[0]
    return default if v is None else v


def sqlExec(sql, **params):
    """returns the number of rows touched. DOES NOT COMMIT"""
    return db.session.execute(text(sql), params).rowcount
