# -*- coding: utf-8 -*-
"""Calls functions with made-up arguments and writes what they return: a request in, one JSON line for each call out.

Runs inside the box under the interpreter of the old code: Python 2.7 and every 3. It is data to figwright, never imported.
Arguments: the output folder, then the request in base64 (zlib, JSON) in pieces.
"""

# ruff: noqa
# mypy: ignore-errors
from __future__ import print_function

import base64
import copy
import hashlib
import importlib
import inspect
import json
import os
import sys
import zlib

PY2 = sys.version_info[0] == 2
if PY2:
    TEXT, LONG = unicode, long  # noqa: F821
else:
    TEXT, LONG = str, int
BYTES = bytes
MOST_DEPTH = 6
MOST_TEXT = 2000
MOST_STEPS = 200000
# What says that the arguments were nonsense, and nothing about the function.
NONSENSE = (
    "TypeError",
    "AttributeError",
    "NameError",
    "UnboundLocalError",
    "ImportError",
    "ModuleNotFoundError",
    "RecursionError",
    "RuntimeError",
    "MemoryError",
    "SystemError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "NotImplementedError",
    "SyntaxError",
    "SystemExit",
    "KeyboardInterrupt",
    "TooLong",
)
ALIASES = {"IOError": "OSError", "EnvironmentError": "OSError", "error": "OSError", "WindowsError": "OSError"}


NAMES = {"__builtins__": {}, "set": set, "frozenset": frozenset, "True": True, "False": False, "None": None}


class TooLong(BaseException):
    pass


class Unwritable(Exception):
    pass


def written(value, depth=0):
    """A literal that means the same in Python 2 and 3, and compares equal only to the same."""
    if depth > MOST_DEPTH:
        raise Unwritable("deep")
    kind = type(value)
    if value is None or kind is bool:
        return repr(value)
    if kind is int or kind is LONG:
        return repr(int(value)).rstrip("L")
    if kind is float:
        if value != value or value in (float("inf"), float("-inf")):
            raise Unwritable("not a number")
        return repr(value)
    if kind is TEXT:
        if len(value) > MOST_TEXT:
            raise Unwritable("long")
        shown = value.encode("unicode_escape").decode("ascii").replace("'", "\\'")
        return "u'" + shown + "'"
    if kind is BYTES:
        if len(value) > MOST_TEXT:
            raise Unwritable("long")
        if PY2:  # text or bytes? Only plain ASCII is read the same either way
            try:
                return repr(value.decode("ascii"))[1:]
            except UnicodeDecodeError:
                raise Unwritable("bytes or text")
        return repr(value)
    if kind is list:
        return "[" + ", ".join(written(one, depth + 1) for one in value) + "]"
    if kind is tuple:
        inner = ", ".join(written(one, depth + 1) for one in value)
        return "(" + inner + ("," if len(value) == 1 else "") + ")"
    if kind is dict:
        pairs = sorted((written(k, depth + 1), written(v, depth + 1)) for k, v in value.items())
        return "{" + ", ".join(k + ": " + v for k, v in pairs) + "}"
    if kind in (set, frozenset):
        return kind.__name__ + "([" + ", ".join(sorted(written(one, depth + 1) for one in value)) + "])"
    raise Unwritable(kind.__name__)


def resolve(target):
    """What gives the function to call."""
    owner, name = None, target["name"]
    found = importlib.import_module(target["module"])
    parts = name.split(".")
    for number, part in enumerate(parts):
        owner, found = found, getattr(found, part)
    if len(parts) > 1:
        kind = owner.__dict__.get(parts[-1])
        if not isinstance(kind, (staticmethod, classmethod)):
            return lambda: getattr(owner(), parts[-1])  # one of its own for each call: objects remember
    return lambda: found


def combinations(pools, most, seed):
    """Few of all combinations, the same for a seed: each value of each pool once at least, then mixed ones."""
    if not pools:
        return [()]
    chosen, seen = [], set()
    width = max(len(pool) for pool in pools)
    for turn in range(most * 4):
        if turn < width:
            picked = tuple(pool[turn % len(pool)] for pool in pools)
        else:
            digest = hashlib.sha256(("%s:%s" % (seed, turn)).encode("ascii")).hexdigest()
            picked = tuple(
                pool[int(digest[8 * n % 56 : 8 * n % 56 + 8], 16) % len(pool)] for n, pool in enumerate(pools)
            )
        if picked not in seen:
            seen.add(picked)
            chosen.append(picked)
        if len(chosen) >= most:
            break
    return chosen


def traced(function, arguments, path, lines):
    """Calls, notes which lines of the file ran, and gives up after a number of steps."""
    steps = [0]

    def local(frame, event, argument):
        steps[0] += 1
        if steps[0] > MOST_STEPS:
            raise TooLong()
        if event == "line":
            lines.add(frame.f_lineno)
        return local

    def enter(frame, event, argument):
        steps[0] += 1
        if steps[0] > MOST_STEPS:
            raise TooLong()
        return local if os.path.abspath(frame.f_code.co_filename) == path else enter_other

    def enter_other(frame, event, argument):
        steps[0] += 1
        if steps[0] > MOST_STEPS:
            raise TooLong()
        return enter_other

    sys.settrace(enter)
    try:
        value = function(*arguments)
        return (list(value), True) if inspect.isgenerator(value) else (value, False)
    finally:
        sys.settrace(None)


def one_call(make, texts, path):
    record = {"arguments": list(texts), "lines": []}
    lines = set()
    try:
        arguments = [eval(text, dict(NAMES)) for text in texts]
        given = copy.deepcopy(arguments)
    except Exception as error:
        record["left"] = "arguments: " + type(error).__name__
        return record
    try:
        value, drained = traced(make(), arguments, path, lines)
        if drained:
            record["drained"] = True
        record["returns"] = written(value)
        if arguments != given:
            record["changes"] = [written(one) for one in arguments]
    except Unwritable as error:
        record["left"] = "result: " + str(error)
    except BaseException as error:
        kind = type(error).__name__
        if kind in NONSENSE:
            record["left"] = "raises " + kind
        else:
            record["raises"] = ALIASES.get(kind, kind)
    record["lines"] = sorted(lines)
    return record


def main():
    out = sys.argv[1]
    request = json.loads(zlib.decompress(base64.b64decode("".join(sys.argv[2:]))).decode("utf-8"))
    for place in reversed(request["path"]):
        sys.path.insert(0, os.path.abspath(place))
    stream = open(os.path.join(out, "calls.jsonl"), "w")
    real = sys.stdout
    for target in request["targets"]:
        base = {"target": target["id"]}
        try:
            sys.stdout = open(os.devnull, "w")
            make = resolve(target)
            make()
            path = os.path.abspath(target["path"])
        except BaseException as error:
            base["left"] = "cannot be reached: " + type(error).__name__
            stream.write(json.dumps(base, sort_keys=True) + "\n")
            continue
        finally:
            sys.stdout = real
        for texts in combinations(target["pools"], request["most"], target["id"]):
            sys.stdout = open(os.devnull, "w")
            try:
                record = one_call(make, texts, path)
            finally:
                sys.stdout = real
            record.update(base)
            stream.write(json.dumps(record, sort_keys=True) + "\n")
            stream.flush()
    stream.write(json.dumps({"end": True}) + "\n")
    stream.close()


main()
