"""Makes a program answer alike twice: its clock stands where the recording's stood, and chance begins anew with each request.

The clock is put into the classes and modules of the standard library themselves, so that whoever imported them earlier sees it.
"""

# ruff: noqa
# mypy: ignore-errors
import ctypes
import datetime
import gc
import hashlib
import os
import random
import socket
import sqlite3
import sys
import time
import uuid

REAL_TIME = time.time


class Chance(object):
    """One stream of bytes from a seed."""

    def __init__(self):
        self.begin("start")

    def begin(self, seed):
        self.seed, self.counter = str(seed).encode("ascii"), 0
        random.seed(self.seed)
        uuid._last_timestamp = None  # of the last identifier made from the clock
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed(int(hashlib.sha256(self.seed).hexdigest()[:8], 16))

    def read(self, count):
        found = b""
        while len(found) < count:
            self.counter += 1
            found += hashlib.sha256(b"%s:%d" % (self.seed, self.counter)).digest()
        return found[:count]


class Clock(object):
    """Stands still. ``at`` are seconds since 1970."""

    def __init__(self):
        self.at = 1700000000.0

    def time(self):
        return self.at

    def time_ns(self):
        return int(round(self.at * 1000000)) * 1000


def alter(kind, name, value):
    """Put an attribute into a class of the interpreter's own, which does not allow it by itself."""
    inside = gc.get_referents(kind.__dict__)[0]
    inside[name] = value
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


def stop_clock(clock):
    fromtimestamp = datetime.datetime.fromtimestamp
    utc = datetime.timezone.utc

    def now(cls, tz=None):
        return cls.fromtimestamp(clock.at, tz)

    def utcnow(cls):
        found = datetime.datetime.fromtimestamp(clock.at, utc)
        return cls(found.year, found.month, found.day, found.hour, found.minute, found.second, found.microsecond)

    def today(cls):
        if issubclass(cls, datetime.datetime):
            return cls.fromtimestamp(clock.at)
        found = fromtimestamp(clock.at)
        return cls(found.year, found.month, found.day)

    alter(datetime.datetime, "now", classmethod(now))
    alter(datetime.datetime, "utcnow", classmethod(utcnow))
    alter(datetime.date, "today", classmethod(today))
    real = {
        name: getattr(time, name) for name in ("localtime", "gmtime", "strftime", "ctime", "asctime", "clock_gettime")
    }
    time.time, time.time_ns = clock.time, clock.time_ns
    time.localtime = lambda seconds=None: real["localtime"](clock.at if seconds is None else seconds)
    time.gmtime = lambda seconds=None: real["gmtime"](clock.at if seconds is None else seconds)
    time.ctime = lambda seconds=None: real["ctime"](clock.at if seconds is None else seconds)
    time.strftime = lambda form, when=None: real["strftime"](form, time.localtime() if when is None else when)
    time.asctime = lambda when=None: real["asctime"](time.localtime() if when is None else when)


def fix_chance(chance):
    os.urandom = chance.read
    random._urandom = chance.read
    for name in ("_generate_time_safe", "_uuid_generate_time", "_UuidCreate"):
        if hasattr(uuid, name):
            setattr(uuid, name, None)
    uuid._node = 0x0242AC110002


def fix_functions(clock, chance):
    """What SQLite would take from its own clock and chance, for a connection that was just opened."""
    helper = sqlite3.connect(":memory:", check_same_thread=False)

    def dated(name):
        def call(*arguments):
            if not arguments or (name == "strftime" and len(arguments) == 1):
                arguments += ("now",)
            at = 1 if name == "strftime" else 0
            if isinstance(arguments[at], str) and arguments[at].strip().lower() == "now":
                moment = datetime.datetime.fromtimestamp(clock.at, datetime.timezone.utc)
                arguments = arguments[:at] + (moment.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],) + arguments[at + 1 :]
            marks = ", ".join("?" * len(arguments))
            return sqlite3.Connection.execute(helper, "SELECT %s(%s)" % (name, marks), arguments).fetchone()[0]

        return call

    functions = [(name, -1, dated(name)) for name in ("date", "time", "datetime", "julianday", "strftime")]
    functions += [
        ("current_" + name, 0, dated(called))
        for name, called in (("date", "date"), ("time", "time"), ("timestamp", "datetime"))
    ]
    functions.append(("random", 0, lambda: int.from_bytes(chance.read(8), "big", signed=True)))
    functions.append(("randomblob", 1, lambda count: chance.read(max(1, int(count)))))

    def opened(connection):
        for name, count, function in functions:
            try:
                sqlite3.Connection.create_function(connection, name, count, function)
            except sqlite3.Error:
                continue

    return opened


class Outside(object):
    """The world outside of the box: mail is kept, every other call is noted and refused."""

    def __init__(self):
        self.mail, self.calls = [], []

    def clear(self):
        del self.mail[:]
        del self.calls[:]

    def install(self):
        import smtplib

        outside = self

        class SMTP(object):
            esmtp_features, sock, does_esmtp, timeout = {}, None, True, None

            def __init__(self, *args, **more):
                self.host = args[0] if args else more.get("host", "")

            def __enter__(self):
                return self

            def __exit__(self, *args):
                return None

            def has_extn(self, name):
                return False

            def sendmail(self, from_addr, to_addrs, msg, *args, **more):
                to = [to_addrs] if isinstance(to_addrs, str) else list(to_addrs)
                text = msg.decode("utf-8", "surrogateescape") if isinstance(msg, bytes) else str(msg)
                outside.keep(from_addr, to, text)
                return {}

            def send_message(self, msg, from_addr=None, to_addrs=None, *args, **more):
                to = (
                    to_addrs
                    if to_addrs is not None
                    else [one for one in (msg.get("To"), msg.get("Cc"), msg.get("Bcc")) if one]
                )
                return self.sendmail(from_addr or msg.get("From"), to, msg.as_string())

            def __getattr__(self, name):
                if name.startswith("_"):
                    raise AttributeError(name)
                return lambda *args, **more: (250, b"OK")

        smtplib.SMTP = smtplib.SMTP_SSL = smtplib.LMTP = SMTP

    def keep(self, sender, to, text):
        self.mail.append([str(sender), sorted(str(one) for one in to), text.replace("\r\n", "\n")])

    def refuse_calls(self):
        """Only once the server listens, which needs names itself."""
        real = socket.socket.connect
        outside = self

        def getaddrinfo(host, port, *args, **more):
            outside.calls.append("%s:%s" % (host, port))
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        def create_connection(address, *args, **more):
            outside.calls.append("%s:%s" % tuple(address)[:2])
            raise ConnectionRefusedError(111, "Connection refused")

        def connect(self, address):
            if isinstance(address, tuple):
                outside.calls.append("%s:%s" % address[:2])
                raise ConnectionRefusedError(111, "Connection refused")
            return real(self, address)

        socket.getaddrinfo, socket.create_connection = getaddrinfo, create_connection
        socket.socket.connect = connect
