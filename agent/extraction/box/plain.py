"""Plain values as tagged JSON and back: numbers, text, bytes, dates, containers of those; anything else is Opaque."""

# ruff: noqa
# mypy: ignore-errors
import base64
import datetime
import decimal
import json
import pathlib
import re
import uuid

MOST_DEPTH = 8
MOST_ITEMS = 2000
MOST_TEXT = 100000


class Opaque(Exception):
    """A value that is more than data."""


def encode(value, depth=0):
    kind = type(value)
    if value is None or kind in (bool, int):
        return value
    if kind is str:
        if len(value) > MOST_TEXT:
            raise Opaque("long")
        return value
    if kind is float:
        return value if value == value and value not in (float("inf"), float("-inf")) else {"$float": repr(value)}
    if depth > MOST_DEPTH:
        raise Opaque("deep")
    if kind in (list, tuple, set, frozenset, dict) and len(value) > MOST_ITEMS:
        raise Opaque("long")
    if kind is list:
        return [encode(one, depth + 1) for one in value]
    if kind is tuple:
        return {"$tuple": [encode(one, depth + 1) for one in value]}
    if kind in (set, frozenset):
        inner = [encode(one, depth + 1) for one in value]
        return {"$" + kind.__name__: sorted(inner, key=lambda one: json.dumps(one, sort_keys=True))}
    if isinstance(value, dict) and kind.__module__ in ("builtins", "collections") and kind.__name__ in NAMED_DICTS:
        if kind is dict and all(type(key) is str and not key.startswith("$") for key in value):
            return {key: encode(one, depth + 1) for key, one in value.items()}
        if kind.__name__ == "defaultdict":
            raise Opaque("defaultdict")
        return {"$dict": [[encode(key, depth + 1), encode(one, depth + 1)] for key, one in value.items()]}
    return encode_rare(value, kind)


NAMED_DICTS = ("dict", "OrderedDict", "defaultdict")


def encode_rare(value, kind):
    if kind is bytes:
        if len(value) > MOST_TEXT:
            raise Opaque("long")
        return {"$bytes": base64.b64encode(value).decode("ascii")}
    # By base class: a test that freezes the clock puts subclasses in their place
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None and value.utcoffset() != datetime.timedelta(0):
            raise Opaque("zone")
        naive = value.replace(tzinfo=None)
        return {"$datetime": [naive.isoformat(), value.tzinfo is not None]}
    if isinstance(value, datetime.date):
        return {"$date": [value.year, value.month, value.day]}
    if kind is datetime.time and value.tzinfo is None:
        return {"$time": [value.hour, value.minute, value.second, value.microsecond]}
    if kind is datetime.timedelta:
        return {"$timedelta": [value.days, value.seconds, value.microseconds]}
    if kind is decimal.Decimal:
        return {"$decimal": str(value)}
    if kind is uuid.UUID:
        return {"$uuid": str(value)}
    if isinstance(value, pathlib.PurePath):
        return {"$path": str(value)}
    if isinstance(value, type(re.compile(""))) and isinstance(value.pattern, str):
        return {"$regex": [value.pattern, value.flags]}
    raise Opaque(kind.__name__)


def encode_argument(value):
    """Also modules, and things that carry configuration as attributes in capitals (what `from_object` reads)."""
    try:
        return encode(value)
    except Opaque:
        pass
    if type(value).__name__ == "module":
        return {"$module": value.__name__}
    found = {}
    for name in sorted(set(dir(value))):
        if name.isupper():
            try:
                found[name] = encode(without_code(getattr(value, name)))
            except Exception:
                continue
    if found:
        return {"$attributes": found}
    raise Opaque(type(value).__name__)


def without_code(value, depth=0):
    """A table without the functions in it: what is asked of the rest can still be answered."""
    if type(value) is not dict or depth > MOST_DEPTH:
        return value
    return {key: without_code(one, depth + 1) for key, one in value.items() if not callable(one)}


class Attributes(object):
    """Stands for an object of which only the attributes in capitals are known."""

    def __init__(self, values):
        self.__dict__.update(values)


def decode(value):
    if isinstance(value, list):
        return [decode(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, inner),) = value.items()
        if tag in DECODERS:
            return DECODERS[tag](inner)
    return {key: decode(one) for key, one in value.items()}


def decode_datetime(inner):
    text, utc = inner
    form = "%Y-%m-%dT%H:%M:%S.%f" if "." in text else "%Y-%m-%dT%H:%M:%S"
    found = datetime.datetime.strptime(text, form)
    return found.replace(tzinfo=datetime.timezone.utc) if utc else found


def decode_module(name):
    import importlib

    return importlib.import_module(name)


DECODERS = {
    "$float": float,
    "$tuple": lambda inner: tuple(decode(one) for one in inner),
    "$set": lambda inner: set(decode(one) for one in inner),
    "$frozenset": lambda inner: frozenset(decode(one) for one in inner),
    "$dict": lambda inner: {decode(key): decode(one) for key, one in inner},
    "$bytes": base64.b64decode,
    "$datetime": decode_datetime,
    "$date": lambda inner: datetime.date(*inner),
    "$time": lambda inner: datetime.time(*inner),
    "$timedelta": lambda inner: datetime.timedelta(*inner),
    "$decimal": decimal.Decimal,
    "$uuid": uuid.UUID,
    "$path": pathlib.Path,
    "$regex": lambda inner: re.compile(inner[0], inner[1]),
    "$module": decode_module,
    "$attributes": lambda inner: Attributes({key: decode(one) for key, one in inner.items()}),
}
