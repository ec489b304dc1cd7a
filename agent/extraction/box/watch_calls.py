"""Watches calls of a few functions while recorded requests are answered: what passes, what is written, what of the caller's is used.

One line of JSON for each request and place of a call: what could not be sent over a wire, and why.
"""

# ruff: noqa
# mypy: ignore-errors
import functools
import json
import os
import sqlite3
import sys

from . import wire
from .hooks import Hooks


class Calls(object):
    """``functions``: module -> names. ``opened`` are the databases that the process has open."""

    def __init__(self, functions, databases, repository, path):
        self.functions, self.databases = functions, databases
        self.repository, self.path = repository.rstrip(os.sep) + os.sep, path
        self.number = 0
        self.found = {}
        self.touched = []
        self.base = {}
        self.depth = 0

    def install(self):
        wanted = {name: functools.partial(self.wrap_all, sorted(names)) for name, names in self.functions.items()}
        wanted["flask.globals"] = self.watch_proxies
        Hooks(wanted).install()

    def watch_proxies(self, module):
        for name in ("request", "session"):
            proxy = getattr(module, name, None)
            original = getattr(proxy, "_get_current_object", None)
            if original is None:
                continue

            def get(original=original, name=name):
                self.touched.append(name)
                return original()

            try:
                object.__setattr__(proxy, "_get_current_object", get)
            except (AttributeError, TypeError):
                continue

    def wrap_all(self, names, module):
        for name in names:
            original = getattr(module, name, None)
            if callable(original) and not isinstance(original, type):
                setattr(module, name, self.wrapped(original, "%s.%s" % (module.__name__, name)))

    def begin(self, number):
        self.number, self.found = number, {}
        self.base = {id(one): one.total_changes for one in self.open()}

    def end(self):
        lines = [
            json.dumps(dict(request=self.number, target=target, path=path, line=line, **seen), sort_keys=True)
            for (target, path, line), seen in sorted(self.found.items())
        ]
        if lines:
            with open(self.path % os.getpid(), "a") as file:
                file.write("\n".join(lines) + "\n")
        self.number = 0

    def open(self):
        return [one for connections in self.databases.live().values() for one in connections]

    def wrapped(self, original, target):
        @functools.wraps(original)
        def call(*args, **named):
            if not self.number:
                return original(*args, **named)
            frame = sys._getframe(1)
            place = frame.f_code.co_filename
            if not place.startswith(self.repository):
                place, line = "", 0
            else:
                place, line = place[len(self.repository) :], frame.f_lineno
            seen = self.found.setdefault((target, place, line), {"count": 0, "cannot": [], "raised": [], "wrote": 0})
            return self.observe(original, args, named, seen)

        return call

    def observe(self, original, args, named, seen):
        seen["count"] += 1
        before, given = note(seen, "argument", [list(args), named])
        open_before = self.open()
        totals = {id(one): one.total_changes for one in open_before}
        waiting = [one for one in open_before if self.unsaved(one)]
        pending, statements = in_sessions(), []
        touched, self.touched = self.touched, []
        watching = [one for one in open_before if self.trace(one, statements)]
        result = failed = None
        try:
            result = original(*args, **named)
        except Exception as error:
            failed = error
            seen["raised"] = sorted(set(seen["raised"]) | {wire.name_of(error)})
            note(seen, "argument of %s" % wire.name_of(error), list(error.args))
        else:
            note(seen, "result", result)
            if any(result is one for one in list(args) + list(named.values())) and isinstance(
                result, (list, dict, set)
            ):
                add(seen, "the result is the argument itself")
        finally:
            for one in watching:
                self.trace(one, None)
            used, self.touched = self.touched, touched + self.touched
        live = self.open()
        wrote = [one for one in live if one.total_changes != totals.get(id(one), 0)]
        fresh = [one for one in live if id(one) not in totals]
        seen["wrote"] += bool(wrote)
        if [one for one in wrote if in_transaction(one)]:
            add(seen, "it writes rows, and leaves it to the caller's transaction to commit them")
        elif wrote and waiting:
            add(seen, "it commits what the caller's transaction wrote before")
        elif (waiting or [one for one in live if self.unsaved(one)]) and (statements or fresh):
            add(seen, "it reads in the caller's transaction, which has written rows that nobody else sees yet")
        if in_sessions() > pending:
            add(seen, "it leaves objects in the caller's session, to be written by its commit")
        for name in sorted(set(used)):
            add(seen, "it reads the caller's %s" % name)
        if before is not None and packed(given) != before:
            add(seen, "it changes its argument")
        if failed is not None:
            raise failed
        return result

    def unsaved(self, connection):
        return in_transaction(connection) and connection.total_changes > self.base.get(id(connection), 0)

    def trace(self, connection, statements):
        try:
            sqlite3.Connection.set_trace_callback(connection, None if statements is None else statements.append)
        except sqlite3.Error:
            return False
        return True


def in_transaction(connection):
    try:
        return bool(connection.in_transaction)
    except sqlite3.Error:
        return False


def in_sessions():
    """Objects that sessions of SQLAlchemy hold and have not written."""
    module = sys.modules.get("sqlalchemy.orm.session")
    found = 0
    for session in list(getattr(module, "_sessions", {}).values()):
        try:
            found += len(session.new) + len(session.deleted) + sum(session.is_modified(one) for one in session.dirty)
        except Exception:
            continue
    return found


def packed(value):
    try:
        return json.dumps(wire.pack(value), sort_keys=True)
    except (wire.Opaque, TypeError, ValueError, RecursionError):
        return None


def note(seen, what, value):
    """(text of the value; None when it cannot be sent, value); the reason is added."""
    try:
        return json.dumps(wire.pack(value), sort_keys=True), value
    except wire.Opaque as error:
        add(seen, "%s: a live object (%s)" % (what, error))
    except (TypeError, ValueError, RecursionError) as error:
        add(seen, "%s: %s" % (what, type(error).__name__))
    return None, value


def add(seen, reason):
    if reason not in seen["cannot"]:
        seen["cannot"].append(reason)
