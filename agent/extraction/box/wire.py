"""Values as they cross the wire between the monolith and a service: plain data in, JSON out, and back with the same types.

Anything else raises Opaque with the name of its type: a live object is not sent, and not guessed.
"""

# ruff: noqa
# mypy: ignore-errors
import base64
import datetime
import decimal
import json
import uuid

DEEPEST = 40
MARK = "$"


class Opaque(TypeError):
    """A value that cannot cross; its text is the name of its type."""


def name_of(value):
    return "%s.%s" % (type(value).__module__, type(value).__qualname__)


def pack(value, depth=0):
    """A value as what JSON can write."""
    if depth > DEEPEST:
        raise Opaque("nested too deeply")
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is list:
        return [pack(one, depth + 1) for one in value]
    if kind is dict:
        if all(type(key) is str for key in value) and MARK not in value:
            return {key: pack(one, depth + 1) for key, one in value.items()}
        return {MARK: "dict", "of": [[pack(key, depth + 1), pack(one, depth + 1)] for key, one in value.items()]}
    if kind is tuple:
        return {MARK: "tuple", "of": [pack(one, depth + 1) for one in value]}
    if kind in (set, frozenset):
        found = [pack(one, depth + 1) for one in value]
        return {MARK: kind.__name__, "of": sorted(found, key=lambda one: json.dumps(one, sort_keys=True))}
    if kind is bytes:
        return {MARK: "bytes", "of": base64.b64encode(value).decode("ascii")}
    if kind is datetime.datetime:
        return dict({MARK: "datetime", "of": value.isoformat(), "fold": value.fold}, **zone_of(value.tzinfo))
    if kind is datetime.date:
        return {MARK: "date", "of": value.isoformat()}
    if kind is datetime.time:
        return dict({MARK: "time", "of": value.isoformat(), "fold": value.fold}, **zone_of(value.tzinfo))
    if kind is datetime.timedelta:
        return {MARK: "timedelta", "of": [value.days, value.seconds, value.microseconds]}
    if kind is decimal.Decimal:
        return {MARK: "Decimal", "of": str(value)}
    if kind is uuid.UUID:
        return {MARK: "UUID", "of": value.hex}
    raise Opaque(name_of(value))


def zone_of(zone):
    if zone is None or type(zone) is datetime.timezone:
        return {}
    if type(zone).__module__.startswith("zoneinfo") and getattr(zone, "key", None):
        return {"zone": zone.key}
    raise Opaque(name_of(zone))


def unpack(value):
    """What ``pack`` made, as it was."""
    if isinstance(value, list):
        return [unpack(one) for one in value]
    if not isinstance(value, dict):
        return value
    if MARK not in value:
        return {key: unpack(one) for key, one in value.items()}
    kind, inner = value[MARK], value["of"]
    if kind == "dict":
        return {unpack(key): unpack(one) for key, one in inner}
    if kind == "tuple":
        return tuple(unpack(one) for one in inner)
    if kind in ("set", "frozenset"):
        return {"set": set, "frozenset": frozenset}[kind](unpack(one) for one in inner)
    if kind == "bytes":
        return base64.b64decode(inner)
    if kind in ("datetime", "time"):
        made = {"datetime": datetime.datetime, "time": datetime.time}[kind].fromisoformat(inner)
        if "zone" in value:
            from zoneinfo import ZoneInfo

            made = made.replace(tzinfo=ZoneInfo(value["zone"]))
        return made.replace(fold=value["fold"])
    if kind == "date":
        return datetime.date.fromisoformat(inner)
    if kind == "timedelta":
        return datetime.timedelta(*inner)
    if kind == "Decimal":
        return decimal.Decimal(inner)
    if kind == "UUID":
        return uuid.UUID(hex=inner)
    raise Opaque("unknown on the wire: %s" % kind)


def dumps(value):
    return json.dumps(pack(value)).encode("ascii")


def loads(text):
    return unpack(json.loads(text.decode("utf-8") if isinstance(text, bytes) else text))
