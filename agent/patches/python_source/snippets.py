"""Small definitions that take the place of what Python 3 dropped without one: name to source, put behind a file's imports."""

from __future__ import annotations

import ast
import re

from agent.patches.python_source.module import Edit, Module

__all__ = ["SNIPPETS", "add_snippet", "snippet_lines"]

# name: (imports, source)
SNIPPETS: dict[str, tuple[tuple[str, ...], str]] = {
    "cmp": (
        (),
        '''\
def cmp(a, b):
    """-1, 0 or 1, as a is less than, equal to or greater than b; values of different kinds are ordered by kind."""
    if a is b or a == b:
        return 0
    try:
        return (a > b) - (a < b)
    except TypeError:
        pass
    def kind(value):
        name = "" if value is None else "0" if isinstance(value, (int, float)) else type(value).__name__
        return name
    if kind(a) != kind(b):
        return (kind(a) > kind(b)) - (kind(a) < kind(b))
    if isinstance(a, (list, tuple)):
        for one, other in zip(a, b):
            if cmp(one, other):
                return cmp(one, other)
        return (len(a) > len(b)) - (len(a) < len(b))
    return (id(a) > id(b)) - (id(a) < id(b))
''',
    ),
    "sort_key": (
        (),
        '''\
class sort_key(object):
    """A key that orders values of any kinds: None first, then numbers, then the rest by the name of their type."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        a, b = self.value, other.value
        try:
            return a < b
        except TypeError:
            pass
        if isinstance(a, (list, tuple)) and type(a) is type(b):
            for one, two in zip(a, b):
                if one != two:
                    return sort_key(one) < sort_key(two)
            return len(a) < len(b)
        return self._kind() < other._kind()

    def _kind(self):
        value = self.value
        return "" if value is None else "0" if isinstance(value, (int, float)) else type(value).__name__
''',
    ),
    "DictMixin": (
        ("from collections.abc import MutableMapping",),
        '''\
class DictMixin(object):
    """A mapping made of __getitem__, __setitem__, __delitem__ and keys."""

    def __iter__(self):
        return iter(list(self.keys()))

    def __len__(self):
        return len(list(self.keys()))

    def __contains__(self, key):
        try:
            self[key]
        except KeyError:
            return False
        return True

    def values(self):
        return [self[key] for key in self.keys()]

    def items(self):
        return [(key, self[key]) for key in self.keys()]

    def __repr__(self):
        return repr(dict(self.items()))

    def __eq__(self, other):
        return dict(self.items()) == (dict(other.items()) if isinstance(other, DictMixin) else other)

    __hash__ = None
    clear = MutableMapping.clear
    get = MutableMapping.get
    pop = MutableMapping.pop
    popitem = MutableMapping.popitem
    setdefault = MutableMapping.setdefault
    update = MutableMapping.update
''',
    ),
    "MutableString": (
        ("from collections import UserString",),
        '''\
class MutableString(UserString):
    """A string whose characters can be set."""

    def __setitem__(self, index, value):
        characters = list(self.data)
        characters[index] = value
        self.data = "".join(characters)

    def __delitem__(self, index):
        characters = list(self.data)
        del characters[index]
        self.data = "".join(characters)

    __hash__ = None
''',
    ),
    "escape": (
        ("from html import escape as html_escape",),
        '''\
def escape(text, quote=False):
    """HTML's &, < and >, and the double quote when asked."""
    text = html_escape(text, quote=False)
    return text.replace('"', "&quot;") if quote else text
''',
    ),
    "parse_header": (
        ("from email.message import Message as HeaderMessage",),
        '''\
def parse_header(line):
    """A header's main value and a dictionary of its options."""
    message = HeaderMessage()
    message["content-type"] = line
    values = message.get_params() or [("", "")]
    return values[0][0], dict(values[1:])
''',
    ),
    "instancemethod": (
        ("import types",),
        '''\
def instancemethod(function, instance, owner=None):
    """A method bound to the instance; of a class alone, the function itself."""
    return function if instance is None else types.MethodType(function, instance)
''',
    ),
    "is_method": (
        ("import inspect",),
        '''\
def is_method(value):
    """Whether a value is a method, of an instance or of a class."""
    name = getattr(value, "__qualname__", "").rpartition("<locals>.")[2]
    return inspect.ismethod(value) or (inspect.isfunction(value) and "." in name)
''',
    ),
    "method_class": (
        ("import sys",),
        '''\
def method_class(method, default=None):
    """The class that a method belongs to, bound or not."""
    owner = getattr(method, "__self__", None)
    if owner is not None:
        return owner if isinstance(owner, type) else type(owner)
    found = sys.modules.get(getattr(method, "__module__", None))
    for name in getattr(method, "__qualname__", "").split(".")[:-1]:
        found = getattr(found, name, None)
    return found if isinstance(found, type) else default
''',
    ),
    "instance": (
        (),
        '''\
def instance(cls, state=None):
    """An instance made without calling __init__."""
    made = cls.__new__(cls)
    made.__dict__.update(state or {})
    return made
''',
    ),
    "sorted_listdir": (
        ("import os",),
        '''\
def sorted_listdir(path):
    """The names in a folder, sorted."""
    return sorted(os.listdir(path))
''',
    ),
    "annotate": (
        ("import os",),
        '''\
def annotate(head, names):
    """A slash behind each name that is a folder."""
    for number, name in enumerate(names):
        if os.path.isdir(os.path.join(head, name)):
            names[number] = name + "/"
''',
    ),
    "choose_boundary": (
        ("import uuid",),
        '''\
def choose_boundary():
    """A string that separates the parts of a message and does not occur in them."""
    return uuid.uuid4().hex
''',
    ),
    "rfc822_formatdate": (
        ("import email.utils",),
        '''\
def rfc822_formatdate(seconds=None):
    """The date as RFC 822 writes it, in GMT."""
    return email.utils.formatdate(seconds, usegmt=True)
''',
    ),
    "popen2": (
        ("import subprocess",),
        '''\
def popen2(command, mode="t", bufsize=-1):
    """A command's standard input and output."""
    process = subprocess.Popen(command, shell=isinstance(command, str), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               close_fds=True, universal_newlines="b" not in mode)
    return process.stdin, process.stdout
''',
    ),
    "popen3": (
        ("import subprocess",),
        '''\
def popen3(command, mode="t", bufsize=-1):
    """A command's standard input, output and error."""
    process = subprocess.Popen(command, shell=isinstance(command, str), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, close_fds=True, universal_newlines="b" not in mode)
    return process.stdin, process.stdout, process.stderr
''',
    ),
    "popen4": (
        ("import subprocess",),
        '''\
def popen4(command, mode="t", bufsize=-1):
    """A command's standard input, and its output and error in one."""
    process = subprocess.Popen(command, shell=isinstance(command, str), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, close_fds=True, universal_newlines="b" not in mode)
    return process.stdin, process.stdout
''',
    ),
    "getargspec": (
        ("import inspect", "from collections import namedtuple"),
        '''\
ArgSpec = namedtuple("ArgSpec", "args varargs keywords defaults")


def getargspec(function):
    """The names and default values of a function's parameters."""
    return ArgSpec(*inspect.getfullargspec(function)[:4])
''',
    ),
    "getmoduleinfo": (
        ("import inspect", "import os"),
        '''\
def getmoduleinfo(path):
    """A module's name and its file's suffix; None when it is no module."""
    name = inspect.getmodulename(path)
    return (name, os.path.splitext(path)[1], "r", 1) if name else None
''',
    ),
    "linux_distribution": (
        ("import platform",),
        '''\
def linux_distribution(*_, **__):
    """Name, version and code name of the distribution; empty where they are not known."""
    try:
        known = platform.freedesktop_os_release()
    except OSError:
        return "", "", ""
    return known.get("NAME", ""), known.get("VERSION_ID", ""), known.get("VERSION_CODENAME", "")
''',
    ),
    "is_sequence": (
        (),
        '''\
def is_sequence(value):
    """Whether a value has items by number."""
    return hasattr(value, "__getitem__") and not isinstance(value, (dict, type))
''',
    ),
    "is_mapping": (
        (),
        '''\
def is_mapping(value):
    """Whether a value has items by key."""
    return hasattr(value, "__getitem__") and not isinstance(value, (str, bytes, list, tuple, type))
''',
    ),
    "is_number": (
        ("import numbers",),
        '''\
def is_number(value):
    """Whether a value is a number."""
    return isinstance(value, numbers.Number)
''',
    ),
    "no_lock": (
        (),
        '''\
def no_lock():
    """The interpreter locks each module by itself."""
''',
    ),
    "load_source": (
        ("import importlib.util", "import importlib.machinery", "import sys"),
        '''\
def load_source(name, path, file=None):
    """The module made of a source file."""
    loader = importlib.machinery.SourceFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return module
''',
    ),
    "get_suffixes": (
        ("import importlib.machinery",),
        '''\
def get_suffixes():
    """The endings of files that are modules, with how they are opened and their kind."""
    kinds = ((importlib.machinery.EXTENSION_SUFFIXES, "rb", 3), (importlib.machinery.SOURCE_SUFFIXES, "r", 1),
             (importlib.machinery.BYTECODE_SUFFIXES, "rb", 2))
    return [(suffix, mode, kind) for suffixes, mode, kind in kinds for suffix in suffixes]
''',
    ),
    "find_module": (
        ("import importlib.machinery", "import os"),
        '''\
def find_module(name, path=None):
    """An open file, its path and a description, for the module of that name."""
    spec = importlib.machinery.PathFinder.find_spec(name, path)
    if spec is None:
        raise ImportError("No module named %s" % name)
    if spec.submodule_search_locations is not None:
        return None, list(spec.submodule_search_locations)[0], ("", "", 5)
    suffix = os.path.splitext(spec.origin)[1]
    if suffix == ".py":
        return open(spec.origin), spec.origin, (suffix, "r", 1)
    return open(spec.origin, "rb"), spec.origin, (suffix, "rb", 3)
''',
    ),
    "load_module": (
        ("import importlib.util", "import os", "import sys"),
        '''\
def load_module(name, file, path, description):
    """The module that find_module found, loaded anew."""
    if os.path.isdir(path):
        where, folders = os.path.join(path, "__init__.py"), [path]
    else:
        where, folders = path, None
    spec = importlib.util.spec_from_file_location(name, where, submodule_search_locations=folders)
    module = sys.modules.get(name) or importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
''',
    ),
    "is_builtin": (
        ("import sys",),
        '''\
def is_builtin(name):
    """1 for a module that is part of the interpreter."""
    return int(name in sys.builtin_module_names)
''',
    ),
    "to_bytes": (
        (),
        '''\
def to_bytes(value, encoding="utf-8", errors="strict"):
    """Text as bytes; bytes as they are."""
    return value.encode(encoding, errors) if isinstance(value, str) else value
''',
    ),
    "to_text": (
        (),
        '''\
def to_text(value, encoding="utf-8", errors="strict"):
    """Bytes as text; anything else as it is."""
    return value.decode(encoding, errors) if isinstance(value, bytes) else value
''',
    ),
    "texts": (
        (),
        '''\
def texts(values):
    """The values in a tuple, bytes among them as text with a character for each byte."""
    return tuple(value.decode("latin-1") if isinstance(value, bytes) else value for value in values)
''',
    ),
    "native_str": (
        (),
        '''\
def native_str(value):
    """Text of any value; of bytes, text with a character for each byte."""
    return str(value, "latin-1") if isinstance(value, (bytes, bytearray, memoryview)) else str(value)
''',
    ),
    "soft_print": (
        ("import sys",),
        '''\
def soft_print(*values, **options):
    """Print, with a space in front of what goes on with a line, and none at its end."""
    file = options.get("file") or sys.stdout
    pending = getattr(file, "softspace", 0)
    for value in values:
        text = str(value)
        file.write(" " + text if pending else text)
        pending = not text[-1:].isspace() or text.endswith(" ")
    if options.get("end", "\\n") == "\\n":
        file.write("\\n")
        pending = 0
    try:
        file.softspace = pending
    except AttributeError:
        pass
''',
    ),
    "memory_file": (
        ("import io",),
        '''\
def memory_file(value=""):
    """A file in memory, of bytes or of text as the value is."""
    return io.BytesIO(value) if isinstance(value, bytes) else io.StringIO(value)
''',
    ),
    "byte_ord": (
        (),
        '''\
def byte_ord(value):
    """The number of a character; an element of bytes is one already."""
    return value if isinstance(value, int) else ord(value)
''',
    ),
    "filter_same": (
        (),
        '''\
def filter_same(function, values):
    """What passes the function, as text of text, a tuple of a tuple, and a list of anything else."""
    found = filter(function, values)
    return "".join(found) if isinstance(values, str) else tuple(found) if isinstance(values, tuple) else list(found)
''',
    ),
    "SGMLParser": (
        ("from html.parser import HTMLParser",),
        '''\
class SGMLParser(HTMLParser):
    """A parser that calls start_x or do_x, and end_x, for a tag x."""

    entitydefs = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}

    def __init__(self, verbose=0):
        self.verbose = verbose
        HTMLParser.__init__(self, convert_charrefs=False)

    def reset(self):
        HTMLParser.reset(self)
        self.stack = []
        self.nomoretags = self.literal = 0

    def handle_starttag(self, tag, attrs):
        attrs = [(name, name if value is None else value) for name, value in attrs]
        start, single = getattr(self, "start_" + tag, None), getattr(self, "do_" + tag, None)
        if start is not None:
            self.stack.append(tag)
            start(attrs)
        elif single is not None:
            single(attrs)
        else:
            self.unknown_starttag(tag, attrs)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        end = getattr(self, "end_" + tag, None)
        if tag not in self.stack:
            if end is None:
                self.unknown_endtag(tag)
            else:
                self.report_unbalanced(tag)
            return
        while self.stack:
            last = self.stack[-1]
            end = getattr(self, "end_" + last, None)
            if end is None:
                self.unknown_endtag(last)
            else:
                end()
            self.stack.pop()
            if last == tag:
                break

    def handle_charref(self, name):
        try:
            number = int(name[1:], 16) if name[:1] in ("x", "X") else int(name)
        except ValueError:
            self.unknown_charref(name)
            return
        if 0 <= number <= 127:
            self.handle_data(chr(number))
        else:
            self.unknown_charref(name)

    def handle_entityref(self, name):
        if name in self.entitydefs:
            self.handle_data(self.entitydefs[name])
        else:
            self.unknown_entityref(name)

    def setnomoretags(self):
        self.nomoretags = self.literal = 1

    def setliteral(self, *_):
        self.literal = 1

    def report_unbalanced(self, tag):
        pass

    def unknown_starttag(self, tag, attrs):
        pass

    def unknown_endtag(self, tag):
        pass

    def unknown_charref(self, ref):
        pass

    def unknown_entityref(self, ref):
        pass
''',
    ),
    "round_half_away": (
        ("import decimal",),
        '''\
def round_half_away(number, digits=0):
    """The number rounded, halves away from zero, as a float."""
    unit = decimal.Decimal(1).scaleb(-digits)
    return float(decimal.Decimal(number).quantize(unit, rounding=decimal.ROUND_HALF_UP))
''',
    ),
    "divide": (
        (),
        '''\
def divide(a, b):
    """The quotient, rounded down where both are integers."""
    return a // b if isinstance(a, int) and isinstance(b, int) else a / b
''',
    ),
}


def add_snippet(module: Module, name: str, replaced: str = "") -> str:
    """See that the file defines the name; the name to use, which is another one where the file has its own. ``replaced``
    is a name whose import goes."""
    used = name if name == replaced or not _taken(module, name) else f"{name}_"
    if re.search(rf"^(?:def|class) {used}\(", module.text, re.MULTILINE):
        return used
    imports, source = SNIPPETS[name]
    if used != name:
        source = re.sub(rf"\b{name}\b", used, source)
    for statement in imports:
        module.add_import(statement)
    place, lead, tail = _behind_imports(module)
    text = lead + source.replace("\n", module.newline) + tail
    edit = Edit(place, place, text)
    if edit not in module.edits:
        module.edits.append(edit)
    return used


def _taken(module: Module, name: str) -> bool:
    """Whether the file binds the name to something else than this snippet."""
    if name not in module.bound:
        return False
    ours = SNIPPETS[name][1].partition('"""')[2].partition('"""')[0]
    return ours.partition("\n")[0] not in module.text


def _behind_imports(module: Module) -> tuple[int, str, str]:
    """Behind the imports at the top of the file, in front of everything else."""
    last: ast.stmt | None = None
    for statement in module.tree.body:
        doc = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and last is None
        if isinstance(statement, ast.Import | ast.ImportFrom) or doc:
            last = statement
            continue
        break
    gap = module.newline
    if last is None:
        place = module.import_place
        return place, gap, gap * 2
    place = module.line_start((last.end_lineno or last.lineno) + 1)
    if place <= module.start(last):
        return module.end(last), gap * 3, ""
    return place, gap * 2, "" if module.data[place:].startswith((b"\n", b"\r\n")) else gap * 2


def snippet_lines(module: Module) -> frozenset[int]:
    """The lines of the definitions that were put into the file: they are right as they are."""
    lines: set[int] = set()
    for statement in module.tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            known = SNIPPETS.get(statement.name.rstrip("_"))
            if known and (ast.get_docstring(statement) or "?") in known[1]:
                lines.update(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    return frozenset(lines)
