"""Sessions in memory of the process: one Apache process only (ST-233). Lost at restart,
people know that."""
import hmac
import hashlib
import thread

from stockroom import config, util

LIFE = 8 * 3600
_sessions = {}
_lock = thread.allocate_lock()


class Session:
    def __init__(self, login, role):
        self.login = login
        self.role = role
        self.started = self.used = util.now()
        self.values = {}

    def __cmp__(self, other):
        return cmp(self.used, other.used)

    def old(self):
        return util.now() - self.used > LIFE


def sign(token):
    secret = config.get('server', 'secret')
    return token + '.' + hmac.new(secret, token, hashlib.md5).hexdigest()[:12]


def unsign(value):
    if not value or value.count('.') <> 1:
        return None
    token = value.split('.')[0]
    if sign(token) <> value:
        return None
    return token


def start(login, role):
    token = util.token()
    _lock.acquire()
    try:
        _sessions[token] = Session(login, role)
    finally:
        _lock.release()
    return sign(token)


def find(cookie):
    token = unsign(cookie)
    if token is None or not _sessions.has_key(token):
        return None
    session = _sessions[token]
    if session.old():
        del _sessions[token]
        return None
    session.used = util.now()
    return session


def end(cookie):
    token = unsign(cookie)
    if _sessions.has_key(token):
        del _sessions[token]


def sweep():
    """Old ones out; keys() is a copy, so deleting is fine"""
    n = 0
    for token in _sessions.keys():
        if _sessions[token].old():
            del _sessions[token]
            n += 1
    return n


def newest():
    if not _sessions:
        return None
    return max(_sessions.values()).login


def clear():
    _sessions.clear()
