"""Staff. Passwords: md5 until 2012, then sha with salt; both are still in the table."""
import md5
import sha
import base64
import random
import string

from stockroom import db

ROLES = ('picker', 'goodsin', 'counter', 'buyer', 'manager')


class LoginError(Exception):
    pass


def hash_password(password, salt=None):
    if isinstance(password, unicode):
        password = password.encode('utf-8')
    if salt is None:
        salt = string.join([random.choice(string.letters) for i in range(4)], '')
    return 'sha:%s:%s' % (salt, sha.new(salt + password).hexdigest())


def check(stored, password):
    if isinstance(password, unicode):
        password = password.encode('utf-8')
    if stored.startswith('sha:'):
        kind, salt, digest = stored.split(':')
        return hash_password(password, salt) == stored
    return md5.md5(password).hexdigest() == stored


def add(login, full_name, password, role='picker'):
    if role not in ROLES:
        raise ValueError, 'no role %s' % role
    db.insert('staff', login=login.lower(), full_name=full_name, password=hash_password(password), role=role)


def login(name, password):
    row = db.one('SELECT * FROM staff WHERE login = ? AND active = 1', name.lower())
    if row is None or not check(row.password, password):
        raise LoginError, 'wrong name or password'
    if not row.password.startswith('sha:'):
        db.execute('UPDATE staff SET password = ? WHERE login = ?', hash_password(password), row.login)
    return row


def at_least(role, wanted):
    return ROLES.index(role) >= ROLES.index(wanted)


def basic_auth(header):
    """(name, password) of an Authorization header of the scanners, or None"""
    if not header or not header.startswith('Basic '):
        return None
    try:
        text = base64.decodestring(header[6:])
    except Exception, e:
        return None
    if ':' not in text:
        return None
    return tuple(text.split(':', 1))


def basic_header(name, password):
    return 'Basic ' + base64.encodestring('%s:%s' % (name, password)).strip()


def deactivate(login):
    db.execute('UPDATE staff SET active = 0 WHERE login = ?', login)


def team():
    """By role (highest first), then by last name"""
    rows = db.query('SELECT * FROM staff WHERE active = 1')
    rows.sort(lambda a, b: cmp(ROLES.index(b.role), ROLES.index(a.role))
              or cmp(a.full_name.split()[-1:], b.full_name.split()[-1:]))
    return [r.login for r in rows]
