"""What a test has put in the place of something else, as data, and the same put in its place again: mocks with what they return.

A function of the test cannot be told so; it is named instead.
"""

# ruff: noqa
# mypy: ignore-errors
import importlib
import sys

from . import plain

NEEDED = ("_pytest", "builtins", "io", "select", "socket", "sqlite3", "sys", "threading", "unittest")
"""The server works with these itself."""
MOST_DEPTH = 6
MOST_MEMBERS = 60


def described(owner, name):
    """Where it stands and what it is; raises plain.Opaque when either is no data."""
    place = place_of(owner)
    value = getattr(owner, name)
    return {"place": place, "name": name, "value": encode(getattr(value, "mock", value) if is_mocked(value) else value)}


def place_of(owner):
    if type(owner).__name__ == "module":
        return [owner.__name__, ""]
    if isinstance(owner, type) and "<locals>" not in owner.__qualname__:
        return [owner.__module__, owner.__qualname__]
    raise plain.Opaque("an object")


def is_mocked(value):
    """A function that `autospec` has made around a mock."""
    return type(value).__name__ == "function" and is_mock(getattr(value, "mock", None))


def is_mock(value):
    library = sys.modules.get("unittest.mock")
    return library is not None and isinstance(value, library.NonCallableMock)


def encode(value, depth=0):
    if depth > MOST_DEPTH:
        raise plain.Opaque("deep")
    if is_mock(value):
        return {"$mock": encode_mock(value, depth)}
    if isinstance(value, BaseException):
        kind = type(value)
        return {"$error": [kind.__module__, kind.__qualname__, [plain.encode(one) for one in value.args]]}
    if isinstance(value, type) and issubclass(value, BaseException):
        return {"$error": [value.__module__, value.__qualname__, None]}
    return {"$plain": plain.encode(value)}


def encode_mock(value, depth):
    kept = vars(value)
    library = sys.modules["unittest.mock"]
    if kept.get("_mock_wraps") is not None:
        raise plain.Opaque("it calls what it stands for")
    found = {"kind": next((k.__name__ for k in type(value).__mro__ if k.__module__ == "unittest.mock"), "MagicMock")}
    if kept.get("_mock_return_value", library.DEFAULT) is not library.DEFAULT:
        found["returns"] = encode(kept["_mock_return_value"], depth + 1)
    effect = kept.get("_mock_side_effect")
    if isinstance(effect, (BaseException, type)):
        found["effect"] = encode(effect, depth + 1)
    elif effect is not None:
        raise plain.Opaque("a function of the test, or what is left of a sequence")
    members = {
        name: one for name, one in kept.items() if not name.startswith(("_mock", "_spec", "_is_", "method_calls"))
    }
    members.update(kept.get("_mock_children") or {})
    members = {name: one for name, one in members.items() if not (name.startswith("__") or name in ("method_calls",))}
    if len(members) > MOST_MEMBERS:
        raise plain.Opaque("many")
    found["members"] = {name: encode(one, depth + 1) for name, one in sorted(members.items())}
    return found


def decode(value):
    ((tag, inner),) = value.items()
    if tag == "$plain":
        return plain.decode(inner)
    if tag == "$error":
        module, name, arguments = inner
        kind = getattr(importlib.import_module(module), name)
        return kind if arguments is None else kind(*[plain.decode(one) for one in arguments])
    from unittest import mock

    kind = getattr(mock, inner["kind"], mock.MagicMock)
    made = kind() if issubclass(kind, mock.NonCallableMock) else mock.MagicMock()
    if "returns" in inner:
        made.return_value = decode(inner["returns"])
    if "effect" in inner:
        made.side_effect = decode(inner["effect"])
    for name, one in inner["members"].items():
        setattr(made, name, decode(one))
    return made


class StandIns(object):
    """What stands in for something just now, and what was there before."""

    def __init__(self):
        self.before = []

    def put(self, wanted):
        """Only what is there can be stood in for: a program that has no such name does not ask for it."""
        self.take_away()
        for one in wanted:
            module, path = one["place"]
            try:
                owner = importlib.import_module(module)
                for part in path.split(".") if path else ():
                    owner = getattr(owner, part)
                there = vars(owner).get(one["name"], self)
                if not hasattr(owner, one["name"]):
                    continue
                value = decode(one["value"])
            except (ImportError, AttributeError, TypeError):
                continue
            self.before.append((owner, one["name"], there))
            setattr(owner, one["name"], value)

    def take_away(self):
        while self.before:
            owner, name, there = self.before.pop()
            if there is self:
                delattr(owner, name)
            else:
                setattr(owner, name, there)
