"""Bytes where the outside world wants them: hashes, sockets, compression, base64, files opened for binary use.

Before:

    token = base64.b64encode(hashlib.md5(secret).digest())
    connection.send("QUIT\\r\\n")
    rows = csv.reader(open(path, "rb"))

After:

    token = base64.b64encode(hashlib.md5(to_bytes(secret)).digest()).decode("ascii")
    connection.send(b"QUIT\\r\\n")
    rows = csv.reader(open(path, "r", newline=""))

Why: these take and give bytes in Python 3, while the program's own strings are text now.

When not: where the value is certainly bytes.
"""

# ruff: noqa: ARG001, SIM102 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast
import re

from agent.patches.python_source.guards import guarded_lines
from agent.patches.python_source.kinds import Kinds
from agent.patches.python_source.module import Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule
from agent.patches.python_source.snippets import add_snippet

__all__ = ["BYTES_SINKS", "GUESSES", "RULES", "constant_text", "made_by"]

# function -> which arguments must be bytes
BYTES_SINKS: dict[str, tuple[int, ...]] = {
    **{f"hashlib.{name}": (0,) for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
    "hashlib.new": (1,),
    "hmac.new": (0, 1),
    "hmac.HMAC": (0, 1),
    **{
        f"base64.{name}": (0,)
        for name in [
            "b64encode",
            "standard_b64encode",
            "urlsafe_b64encode",
            "b32encode",
            "b16encode",
            "encodebytes",
            "decodebytes",
        ]
    },
    **{
        f"binascii.{name}": (0,)
        for name in ["hexlify", "b2a_hex", "b2a_base64", "crc32", "b2a_qp", "b2a_uu", "crc_hqx"]
    },
    **{f"zlib.{name}": (0,) for name in ["compress", "crc32", "adler32", "decompress"]},
    "bz2.compress": (0,),
    "bz2.decompress": (0,),
    "quopri.encodestring": (0,),
    "quopri.decodestring": (0,),
    "pickle.loads": (0,),
    "marshal.loads": (0,),
    "struct.unpack": (1,),
    "struct.unpack_from": (1,),
    "os.write": (1,),
    "socket.inet_ntoa": (0,),
    "gzip.compress": (0,),
    "io.BytesIO": (0,),
    "urllib.request.Request": (1,),
    "urllib.request.urlopen": (1,),
    "xmlrpc.client.Binary": (0,),
    "sqlite3.Binary": (0,),
    "memoryview": (0,),
}
# what comes back is text in all but name
_SOURCES = frozenset(
    [
        "base64.b64encode",
        "base64.standard_b64encode",
        "base64.urlsafe_b64encode",
        "base64.b32encode",
        "base64.b16encode",
        "base64.encodebytes",
        "binascii.hexlify",
        "binascii.b2a_hex",
        "binascii.b2a_base64",
        "binascii.b2a_qp",
    ]
)
_SOCKET = {"send", "sendall", "sendto"}


def _sinks(module: Module, project: Project, guarded: frozenset[int]) -> None:
    kinds = Kinds(module)
    for call in module.of(ast.Call):
        if call.lineno in guarded:
            continue
        name = module.meaning(call.func)
        for place in BYTES_SINKS.get(name, ()):
            if place < len(call.args) and not isinstance(call.args[place], ast.Starred):
                _bytes(module, kinds, call.args[place])
        if name == "array.array" and len(call.args) > 1 and constant_text(module, call.args[0]) in {"b", "B"}:
            _bytes(module, kinds, call.args[1])
        if name == "struct.pack" and call.args:
            _packed(module, kinds, call.args[0], call.args[1:])
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "pack" and call.args:
            made = made_by(module, call.func.value)
            if made is not None and module.meaning(made.func) == "struct.Struct" and made.args:
                _packed(module, kinds, made.args[0], call.args)
        if name == "hmac.new" and len(call.args) + len(call.keywords) < 3:
            module.insert(module.end(call) - 1, ", digestmod='md5'")
        if name in _SOURCES:
            _text_back(module, call)
        if isinstance(call.func, ast.Attribute) and call.args:
            owner = kinds.of(call.func.value)
            attr = call.func.attr
            if (
                (owner == "hash" and attr == "update")
                or (owner == "socket" and attr in _SOCKET)
                or (owner == "binary file" and attr == "write")
                or (attr in _SOCKET and kinds.of(call.args[0]) == "text" and attr != "send")
            ):
                _bytes(module, kinds, call.args[0])


def made_by(module: Module, node: ast.expr) -> ast.Call | None:
    """The call whose value a name at the top of the file has."""
    value = _top_value(module, node)
    return value if isinstance(value, ast.Call) else None


def _top_value(module: Module, node: ast.expr) -> ast.expr | None:
    if not isinstance(node, ast.Name):
        return None
    for statement in module.tree.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == node.id for t in statement.targets
        ):
            return statement.value
    return None


def constant_text(module: Module, node: ast.expr) -> str | None:
    """What a literal says, or a name that stands for one at the top of the file."""
    node = _top_value(module, node) or node
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str | bytes):
        return None
    return node.value if isinstance(node.value, str) else node.value.decode("latin-1")


def _packed(module: Module, kinds: Kinds, fmt: ast.expr, values: list[ast.expr]) -> None:
    """What ``s``, ``p`` and ``c`` take are bytes."""
    if any(isinstance(arg, ast.Starred) for arg in values):
        return
    codes: list[str] = []
    for count, code in re.findall(r"(\d*)([a-zA-Z?])", constant_text(module, fmt) or ""):
        codes += [code] if code in "sp" else [] if code == "x" else [code] * int(count[:4] or 1)
    for number, value in enumerate(values):
        text_code = number < len(codes) and codes[number] in "spc"
        if text_code or (not codes and kinds.of(value) == "text"):
            _bytes(module, kinds, value)


def _bytes(module: Module, kinds: Kinds, node: ast.expr) -> None:
    kind = kinds.of(node)
    if kind in {"bytes", "none", "binary file", "list", "int"}:
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("to_bytes"):
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and _chooses(module, node.func.id):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        source = module.source(node)
        if node.value.isascii() and source[:1] in "'\"" and "\n" not in source and "\\u" not in source:
            module.insert(module.start(node), "b")
            return
    if kind == "text" and isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Constant):
        module.insert(module.end(node), ".encode('utf-8')")
        return
    module.wrap(node, f"{add_snippet(module, 'to_bytes')}(", ")")


def _chooses(module: Module, name: str) -> bool:
    """Whether a function of the file chooses between both versions itself: it gives what each of them wants."""
    guarded = guarded_lines(module)
    return any(
        isinstance(one, ast.FunctionDef)
        and one.name == name
        and not guarded.isdisjoint(range(one.lineno, (one.end_lineno or one.lineno) + 1))
        for one in module.tree.body
    )


def _text_back(module: Module, call: ast.Call) -> None:
    outer = module.parents.get(call)
    if isinstance(outer, ast.Attribute) and outer.attr == "decode":
        return
    if isinstance(outer, ast.Call) and call in outer.args:
        name = module.meaning(outer.func)
        places = BYTES_SINKS.get(name, ())
        if any(place < len(outer.args) and outer.args[place] is call for place in places) or name.startswith("to_"):
            return
        if name == "int" or (isinstance(outer.func, ast.Attribute) and outer.func.attr in {"write", "send", "sendall"}):
            if name == "int":
                return
    if isinstance(outer, ast.Attribute):  # .strip(), .replace("\n", "") and the like go on with text
        module.insert(module.end(call), ".decode('ascii')")
        return
    module.insert(module.end(call), ".decode('ascii')")


def _files(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """Modes by what is done with the file: csv wants text, pickle and images bytes."""
    for call in module.of(ast.Call):
        if call.lineno in guarded:
            continue
        name = module.meaning(call.func)
        if name in {"csv.reader", "csv.writer", "csv.DictReader", "csv.DictWriter"} and call.args:
            _mode(module, call.args[0], binary=False)
        elif name in {"pickle.load", "marshal.load", "tarfile.open"} and call.args:
            _mode(module, call.args[0], binary=True)
        elif name in {"pickle.dump", "marshal.dump"} and len(call.args) > 1:
            _mode(module, call.args[1], binary=True)
        elif name == "subprocess.Popen" or name in {"subprocess.check_output"}:
            _as_text(module, call)
        elif name.startswith(("codecs.getwriter", "codecs.getreader")):
            outer = module.parents.get(call)
            if isinstance(outer, ast.Call) and outer.func is call and outer.args:
                stream = outer.args[0]
                if module.meaning(stream) in {"sys.stdout", "sys.stderr", "sys.stdin"}:
                    module.insert(module.end(stream), ".buffer")
    kinds = Kinds(module)
    for assigned in module.of(ast.Assign):
        target, value = assigned.targets[0], assigned.value
        if isinstance(target, ast.Name) and isinstance(value, ast.Call) and kinds.of(target) == "binary file":
            _mode(module, value, binary=True)
    for node in module.of(ast.Call):
        if module.meaning(node.func) in {"sys.stdout.write", "sys.stderr.write"} and node.args:
            if kinds.of(node.args[0]) == "bytes" and isinstance(node.func, ast.Attribute):
                module.insert(module.end(node.func.value), ".buffer")


def _mode(module: Module, file: ast.expr, *, binary: bool) -> None:
    """The mode of the ``open`` that made the file, if it is seen."""
    opened = _opening(module, file)
    if opened is None or module.meaning(opened.func) != "open":
        return
    mode = opened.args[1] if len(opened.args) > 1 else next((w.value for w in opened.keywords if w.arg == "mode"), None)
    if mode is None:
        if binary:
            module.insert(module.end(opened) - 1, ", 'rb'")
        elif not opened.keywords:
            module.insert(module.end(opened) - 1, ", newline=''")
        return
    if not isinstance(mode, ast.Constant) or not isinstance(mode.value, str):
        return
    if binary and "b" not in mode.value:
        module.replace(mode, repr(mode.value.replace("U", "") + "b"))
    elif not binary and "b" in mode.value:
        module.replace(mode, repr(mode.value.replace("b", "")))
        if not any(word.arg == "newline" for word in opened.keywords):
            module.insert(module.end(opened) - 1, ", newline=''")


def _opening(module: Module, file: ast.expr) -> ast.Call | None:
    if isinstance(file, ast.Call):
        return file
    if not isinstance(file, ast.Name):
        return None
    scope = module.function_of(file) or module.tree
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if any(isinstance(target, ast.Name) and target.id == file.id for target in node.targets):
                return node.value
        if isinstance(node, ast.withitem) and isinstance(node.context_expr, ast.Call):
            if isinstance(node.optional_vars, ast.Name) and node.optional_vars.id == file.id:
                return node.context_expr
    return None


def _as_text(module: Module, call: ast.Call) -> None:
    """Output of a program as text, which its callers take it for."""
    words = {word.arg for word in call.keywords}
    if words & {"universal_newlines", "text", "encoding", "bufsize", None} or any(
        isinstance(a, ast.Starred) for a in call.args
    ):
        return
    piped = any("PIPE" in module.source(word.value) for word in call.keywords)
    if (piped or module.meaning(call.func) == "subprocess.check_output") and call.args:
        module.insert(module.end(call) - 1, ", universal_newlines=True")


def _literals(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """Literals that meet bytes are bytes."""
    kinds = Kinds(module)
    marshalled = any("xmlrpc" in source.text and "Binary(" in source.text for source in project.sources())
    for node in module.nodes:
        if marshalled:
            _payload(module, node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            _like(module, kinds, node.left, node.right)
            _like(module, kinds, node.right, node.left)
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            _like(module, kinds, node.left, node.comparators[0])
            _like(module, kinds, node.comparators[0], node.left)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in _TAKES and kinds.of(node.func.value) == "bytes":
                for arg in node.args:
                    _prefix(module, arg)
            elif node.func.attr in {"assertEqual", "assertNotEqual"} and len(node.args) > 1:
                _like(module, kinds, node.args[0], node.args[1])
                _like(module, kinds, node.args[1], node.args[0])
            elif node.func.attr == "join" and node.args and _elements(kinds, node.args[0]) == "bytes":
                _prefix(module, node.func.value)


def _payload(module: Module, node: ast.AST) -> None:
    """What is compared with the ``data`` of a `xmlrpc.client.Binary` that a call gave."""
    pair: list[ast.expr] = []
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        pair = [node.left, node.comparators[0]]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "assertEqual":
        pair = node.args[:2]
    for one, other in zip(pair, reversed(pair), strict=True):
        if isinstance(one, ast.Attribute) and one.attr == "data" and isinstance(one.value, ast.Subscript | ast.Call):
            _prefix(module, other)


_TAKES = {"startswith", "endswith", "find", "rfind", "index", "split", "rsplit", "replace", "strip", "lstrip", "rstrip",
          "count", "partition", "rpartition", "join"}  # fmt: skip


def _elements(kinds: Kinds, node: ast.expr) -> str:
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return kinds.of(node.elt)
    if isinstance(node, ast.List | ast.Tuple) and node.elts:
        found = {kinds.of(element) for element in node.elts}
        return "bytes" if "bytes" in found else ""
    return ""


def _like(module: Module, kinds: Kinds, literal: ast.expr, other: ast.expr) -> None:
    if kinds.of(other) == "bytes" and not (isinstance(other, ast.Constant) and isinstance(other.value, str)):
        _prefix(module, literal)


def _prefix(module: Module, node: ast.expr) -> None:
    nodes = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    for inner in nodes:
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            source = module.source(inner)
            if source[:1] in "'\"rR" and all(ord(char) < 256 for char in inner.value) and source.isascii():
                module.insert(module.start(inner), "b")


RULES = (
    Rule(
        id="python3-bytes-edges",
        title="Give bytes to hashes, sockets and compression",
        why="These take bytes only, and what base64 gives is text to the program.",
        rewrite=_sinks,
    ),
    Rule(
        id="python3-file-modes",
        title="Open files as what they are used for",
        why="csv reads text, pickle bytes; a program's output is text.",
        rewrite=_files,
    ),
    Rule(
        id="python3-bytes-literals",
        title="Write literals that meet bytes as bytes",
        why="Bytes and text are never equal and cannot be joined in Python 3.",
        rewrite=_literals,
    ),
)
GUESSES: tuple[Rule, ...] = ()
