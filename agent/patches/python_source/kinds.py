"""What kind of value an expression has, as far as the file itself tells: a light inference that answers "" when unsure."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property

from agent.patches.python_source.module import Module, dotted

__all__ = ["Kinds"]

_INT_CALLS = frozenset(["len", "int", "ord", "hash", "id", "cmp"])
_TEXT_CALLS = frozenset(["str", "repr", "unicode", "chr", "hex", "oct", "bin", "ascii", "input"])
_LIST_CALLS = frozenset(["list", "sorted"])
_INT_METHODS = frozenset(
    ["count", "find", "rfind", "index", "rindex", "tell", "fileno", "bit_length", "toordinal", "weekday"]
)
_KEEPING = frozenset(
    "lower upper strip lstrip rstrip title capitalize replace ljust rjust center zfill expandtabs swapcase".split()
)
_TEXT_METHODS = _KEEPING | {"decode", "format", "hexdigest", "isoformat", "strftime"}
_SAME_METHODS = _KEEPING | {"join"}
_BYTES_CALLS = frozenset(
    [
        "struct.pack",
        "os.urandom",
        "os.read",
        "zlib.compress",
        "zlib.decompress",
        "bz2.compress",
        "bz2.decompress",
        "pickle.dumps",
        "marshal.dumps",
        "base64.b64decode",
        "base64.b64encode",
        "base64.decodebytes",
        "base64.encodebytes",
        "base64.urlsafe_b64encode",
        "base64.urlsafe_b64decode",
        "base64.b32encode",
        "base64.b32decode",
        "base64.b16encode",
        "base64.b16decode",
        "base64.standard_b64decode",
        "base64.standard_b64encode",
        "binascii.hexlify",
        "binascii.unhexlify",
        "binascii.a2b_base64",
        "binascii.b2a_base64",
        "binascii.a2b_hex",
        "binascii.b2a_hex",
        "socket.inet_aton",
        "socket.inet_pton",
        "bytes",
        "bytearray",
        "codecs.encode",
        "subprocess.check_output",
        "quopri.decodestring",
        "quopri.encodestring",
        "gzip.compress",
        "gzip.decompress",
    ]
)
_FLOAT_CALLS = frozenset(
    ["float", "time.time", "math.sqrt", "math.sin", "math.cos", "math.log", "math.exp", "random.random", "math.pow"]
)
_BINARY_FILES = frozenset(
    [
        "io.BytesIO",
        "gzip.open",
        "gzip.GzipFile",
        "bz2.BZ2File",
        "urllib.request.urlopen",
        "zipfile.ZipFile.open",
        "tempfile.TemporaryFile",
        "tempfile.NamedTemporaryFile",
    ]
)
_TAKES_BYTES = frozenset(["struct.unpack", "zlib.decompress", "zlib.crc32", "bz2.decompress", "marshal.loads"])
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Mod, ast.FloorDiv, ast.Pow)
_BITS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)
_MOST_DEPTH = 12


@dataclass(frozen=True)
class _Element:
    """An element of what is looped over."""

    iterable: ast.AST


_Bound = ast.AST | str | _Element


class Kinds:
    """Kinds: int, float, bool, text, bytes, list, dict, tuple, set, none, binary file, text file, hash, socket."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._known: dict[ast.AST, str] = {}

    def of(self, node: ast.AST, depth: int = 0) -> str:
        """The kind; each node is asked about once, which bounds the work, and one that is being asked about has none."""
        known = self._known.get(node)
        if known is not None:
            return known
        if depth > _MOST_DEPTH:
            return ""
        self._known[node] = ""
        self._known[node] = found = self._of(node, depth)
        return found

    def _of(self, node: ast.AST, depth: int) -> str:
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.JoinedStr):
            return "text"
        if isinstance(node, ast.List | ast.ListComp):
            return "list"
        if isinstance(node, ast.Dict | ast.DictComp):
            return "dict"
        if isinstance(node, ast.Set | ast.SetComp):
            return "set"
        if isinstance(node, ast.Tuple):
            return "tuple"
        if isinstance(node, ast.Compare):
            return "bool"
        if isinstance(node, ast.UnaryOp):
            return "bool" if isinstance(node.op, ast.Not) else self.of(node.operand, depth + 1)
        if isinstance(node, ast.BinOp):
            return self._binary(node, depth)
        if isinstance(node, ast.BoolOp):
            return self._same([self.of(value, depth + 1) for value in node.values])
        if isinstance(node, ast.IfExp):
            return self._same([self.of(node.body, depth + 1), self.of(node.orelse, depth + 1)])
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        if isinstance(node, ast.Name):
            return self._name(node, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, depth)
        if isinstance(node, ast.Subscript):
            kind = self.of(node.value, depth + 1)
            if isinstance(node.slice, ast.Slice):
                return kind
            return "text" if kind == "text" else "int" if kind == "bytes" else ""
        return ""

    @staticmethod
    def _constant(node: ast.Constant) -> str:
        value = node.value
        kinds = ((bool, "bool"), (int, "int"), (float, "float"), (str, "text"), (bytes, "bytes"))
        return "none" if value is None else next((kind for type_, kind in kinds if isinstance(value, type_)), "")

    @staticmethod
    def _same(kinds: list[str]) -> str:
        real = {kind for kind in kinds if kind != "none"}
        return real.pop() if len(real) == 1 else ""

    def _binary(self, node: ast.BinOp, depth: int) -> str:
        left, right = self.of(node.left, depth + 1), self.of(node.right, depth + 1)
        if isinstance(node.op, ast.Mod) and left in {"text", "bytes"}:
            return left
        if isinstance(node.op, _BITS):
            return "int" if left in {"int", "bool"} or right in {"int", "bool"} else left if left == right else ""
        if isinstance(node.op, ast.Mult) and {left, right} & {"text", "bytes", "list"}:
            return next(iter({left, right} & {"text", "bytes", "list"}))
        if isinstance(node.op, ast.Div) and left == right == "int" and not self._true_division:
            return "int"  # as it was when this was written
        if "float" in (left, right) or isinstance(node.op, ast.Div):
            return "float" if isinstance(node.op, (*_ARITHMETIC, ast.Div)) and "float" in (left, right) else ""
        if isinstance(node.op, ast.Add) and (left in {"text", "bytes"} or right in {"text", "bytes"}):
            return left if left in {"text", "bytes"} else right
        if isinstance(node.op, _ARITHMETIC) and left == right:
            return left
        return ""

    def _call(self, node: ast.Call, depth: int) -> str:
        name = self.module.meaning(node.func)
        if name in _INT_CALLS:
            return "int"
        if name in _FLOAT_CALLS:
            return "float"
        if name in _BYTES_CALLS:
            return "bytes"
        if name in _TEXT_CALLS:
            return "text"
        if name in _LIST_CALLS or name == "range":
            return "list"
        if name in {"dict", "set", "tuple", "bool", "float"}:
            return name
        if name in {"min", "max", "abs", "sum"} and node.args:
            return self._same([self.of(arg, depth + 1) for arg in node.args]) if name != "sum" else ""
        if name in {"divmod", "round"}:
            return "float" if name == "round" else ""
        if name.startswith("hashlib.") or name == "hmac.new":
            return "hash"
        if name in {"socket.socket", "socket.create_connection", "ssl.wrap_socket"}:
            return "socket"
        if name in {"open", "io.open", "codecs.open"}:
            return self._opened(node, name)
        if name in _BINARY_FILES:
            return "binary file"
        if name == "io.StringIO":
            return "text file"
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func, depth)
        return ""

    def _opened(self, node: ast.Call, name: str) -> str:
        mode = node.args[1] if len(node.args) > 1 else next((w.value for w in node.keywords if w.arg == "mode"), None)
        if name == "codecs.open" and len(node.args) > 2:
            return "text file"
        if mode is None:
            return "text file"
        if isinstance(mode, ast.Constant) and isinstance(mode.value, str):
            return "binary file" if "b" in mode.value else "text file"
        return ""

    def _method(self, node: ast.Call, func: ast.Attribute, depth: int) -> str:
        name = func.attr
        if name == "encode":
            return "bytes"
        owner = self.of(func.value, depth + 1)
        if name in {"read", "readline", "getvalue", "recv"}:
            return {"binary file": "bytes", "text file": "text", "socket": "bytes"}.get(owner, "")
        if name == "readlines":
            return "list"
        if name == "digest" and (owner == "hash" or not node.args):
            return "bytes"
        if name == "tobytes":
            return "bytes"
        if name in _SAME_METHODS and owner in {"text", "bytes"}:
            return owner
        if name in _INT_METHODS:
            return "int"
        if name in _TEXT_METHODS and name not in {"replace", "format"}:
            return "text" if owner != "bytes" or name in {"decode", "hexdigest"} else owner
        if name in {"split", "splitlines", "keys", "values", "items", "rsplit"}:
            return "list"
        return ""

    def _name(self, node: ast.Name, depth: int) -> str:
        if node.id in {"True", "False"}:
            return "bool"
        function = self.module.function_of(node)
        if (function, node.id) in self._read_as_bytes:
            return "binary file"
        while function is not None:
            bound = self._bound.get((function, node.id))
            if bound is not None:
                return self._all(bound, depth)
            function = self.module.function_of(function)
        bound = self._bound.get((None, node.id))
        return self._all(bound, depth) if bound is not None else ""

    def _attribute(self, node: ast.Attribute, depth: int) -> str:
        name = self.module.meaning(node)
        if name in {"sys.maxsize", "os.SEEK_SET"}:
            return "int"
        if name.startswith("string."):
            return "text"
        if isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
            owner = self.module.class_of(node)
            bound = self._bound.get((owner, node.attr)) if owner is not None else None
            if bound is not None:
                return self._all(bound, depth)
        return ""

    def _all(self, bound: list[_Bound], depth: int) -> str:
        if len(bound) > 12:
            return ""
        return self._same([self._one(one, depth) for one in bound])

    def _one(self, one: ast.AST | str | _Element, depth: int) -> str:
        if isinstance(one, str):
            return one
        return self._element(one.iterable) if isinstance(one, _Element) else self.of(one, depth + 1)

    @cached_property
    def _true_division(self) -> bool:
        return "division" in self.module.text and self.module.meaning(ast.Name("division")) == "__future__.division"

    @cached_property
    def _read_as_bytes(self) -> frozenset[tuple[ast.AST | None, str]]:
        """(function, name) of files whose content goes to ``struct.unpack`` and its like."""
        found: set[tuple[ast.AST | None, str]] = set()
        for node in self.module.nodes:
            if isinstance(node, ast.Call) and self.module.meaning(node.func) in _TAKES_BYTES:
                for arg in node.args:
                    read = isinstance(arg, ast.Call) and isinstance(arg.func, ast.Attribute) and arg.func.attr == "read"
                    if read and isinstance(arg.func.value, ast.Name):  # type: ignore[attr-defined]
                        found.add((self.module.function_of(node), arg.func.value.id))  # type: ignore[attr-defined]
        return frozenset(found)

    @cached_property
    def _bound(self) -> dict[tuple[ast.AST | None, str], list[_Bound]]:
        """(function, or class for an attribute of self, or None; name) -> the expressions bound to it, or their kinds."""
        found: dict[tuple[ast.AST | None, str], list[_Bound]] = {}

        def note(target: ast.AST, value: _Bound) -> None:
            if isinstance(target, ast.Name):
                found.setdefault((self.module.function_of(target), target.id), []).append(value)
            elif isinstance(target, ast.Attribute) and dotted(target.value) in {"self", "cls"}:
                found.setdefault((self.module.class_of(target), target.attr), []).append(value)
            elif isinstance(target, ast.Tuple | ast.List):
                values = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
                for number, inner in enumerate(target.elts):
                    note(inner, values[number] if values else "")
            elif isinstance(target, ast.Starred):
                note(target.value, "list")

        for node in self.module.nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    note(target, node.value)
            elif isinstance(node, ast.AnnAssign | ast.AugAssign) and node.value is not None:
                note(node.target, node.value)
            elif isinstance(node, (ast.For, ast.comprehension)):
                note(node.target, _Element(node.iter))
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                note(node.optional_vars, node.context_expr)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                self._parameters(node, found)
        return found

    def _parameters(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        found: dict[tuple[ast.AST | None, str], list[_Bound]],
    ) -> None:
        """A parameter may be anything; a number as its default value says that it is one."""
        if isinstance(node, ast.Lambda):
            return
        plain = [*node.args.posonlyargs, *node.args.args]
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(node.args.defaults)) + list(node.args.defaults)
        for arg, default in zip(plain, defaults, strict=True):
            number = isinstance(default, ast.Constant) and type(default.value) is int
            found.setdefault((node, arg.arg), []).append("int" if number else "")
        for arg in [*node.args.kwonlyargs, *filter(None, (node.args.vararg, node.args.kwarg))]:
            found.setdefault((node, arg.arg), []).append("")

    def _element(self, node: ast.AST) -> str:
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if name in {"range", "xrange"}:
                return "int"
            if name in {"list", "reversed", "sorted"} and node.args:
                return self._element(node.args[0])
        if isinstance(node, ast.List | ast.Tuple):
            return self._same([self.of(element, _MOST_DEPTH - 2) for element in node.elts]) if node.elts else ""
        return ""
