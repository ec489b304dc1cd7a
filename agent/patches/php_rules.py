"""What PHP 8 does not run any more, rule by rule: a masked file in, edits and places that people have to look at out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from agent.patches.edits import Edit
from agent.patches.php_source import PhpSource

__all__ = ["LEFT", "RULES", "PhpRule", "constructors"]


@dataclass(frozen=True)
class PhpRule:
    """One concern: its title, why, and what it changes in a file."""

    title: str
    why: str
    edits: Callable[[PhpSource], Iterator[Edit]]


def _calls(source: PhpSource, names: str) -> Iterator[tuple[re.Match[str], list[tuple[int, int]]]]:
    """Calls of built-in functions with their arguments' spans; methods and definitions of the same name are not meant."""
    for found in re.finditer(rf"(?<![\w$>:\\])(?<!function )(?<!new )({names})(\s*)\(", source.mask, re.IGNORECASE):
        arguments = source.arguments(found.end() - 1)
        if arguments is not None:
            yield found, arguments


def _posix(source: PhpSource) -> Iterator[Edit]:
    for found, arguments in _calls(source, "eregi_replace|ereg_replace|eregi|ereg|spliti|split"):
        name = found[1].lower()
        pattern = source.literal(*arguments[0]) if arguments else None
        if pattern is None or (
            name.endswith("replace") and (len(arguments) != 3 or source.literal(*arguments[1]) is None)
        ):
            continue
        start, end = arguments[0]
        lead = len(source.text[start:end]) - len(source.text[start:end].lstrip())
        tail = len(source.text[start:end]) - len(source.text[start:end].rstrip())
        if name == "split" and not re.search(r"[.*+?()\[\]{}|^$\\]", pattern) and pattern:
            yield Edit(found.start(1), found.end(1), "explode")
            continue
        mark = next((m for m in "/#~%" if m not in pattern), "")
        if not mark or (name in ("ereg", "eregi") and len(arguments) > 3):
            continue
        new = {"ereg": "preg_match", "eregi": "preg_match", "split": "preg_split", "spliti": "preg_split"}.get(
            name, "preg_replace"
        )
        flag = "i" if name in ("eregi", "eregi_replace", "spliti") else ""
        yield Edit(found.start(1), found.end(1), new)
        quote = source.text[start + lead]
        yield Edit(start + lead, end - tail, f"{quote}{mark}{pattern}{mark}{flag}{quote}")


_EACH = re.compile(
    r"\breset\s*\(\s*(\$\w+)\s*\)\s*;(?P<gap>\s*)while\s*\(\s*list\s*\(\s*(?P<key>\$\w+)?\s*(?P<comma>,\s*(?P<value>\$\w+)\s*)?\)\s*=\s*each\s*\(\s*\1\s*\)\s*\)"
)


def _each(source: PhpSource) -> Iterator[Edit]:
    for found in _EACH.finditer(source.mask):
        body = _block(source.mask, found.end())
        if body is None or re.search(rf"{re.escape(found[1])}\b", source.text[body[0] : body[1]]):
            continue
        array, key, value = found[1], found["key"], found["value"]
        if value:
            head = f"foreach ({array} as {key} => {value})" if key else f"foreach ({array} as {value})"
        elif key:
            head = f"foreach (array_keys({array}) as {key})"
        else:
            continue
        yield Edit(found.end("gap"), found.end(), head)


def _block(mask: str, at: int) -> tuple[int, int] | None:
    """The statement or block that begins there."""
    opened = re.compile(r"\s*").match(mask, at)
    start = opened.end() if opened else at
    if mask[start : start + 1] != "{":
        end = mask.find(";", start)
        return (start, end) if end > 0 else None
    depth = 0
    for place in range(start, min(len(mask), start + 50_000)):
        depth += {"{": 1, "}": -1}.get(mask[place], 0)
        if depth == 0:
            return start, place
    return None


def _closures(source: PhpSource) -> Iterator[Edit]:
    for found, arguments in _calls(source, "create_function"):
        if len(arguments) != 2:
            continue
        held = [source.text[a:b].strip() for a, b in arguments]
        if not all(re.fullmatch(r"'(?:[^'\\]|\\.)*+'", said, re.DOTALL) for said in held):
            continue
        parameters, body = (re.sub(r"\\([\\'])", r"\1", said[1:-1]) for said in held)
        if parameters.count("(") != parameters.count(")") or body.count("{") != body.count("}"):
            continue
        yield Edit(found.start(1), arguments[1][1] + 1, f"function ({parameters.strip()}) {{ {body.strip()} }}")


def _offsets(source: PhpSource) -> Iterator[Edit]:
    for found in re.finditer(r"(?<![>:$])(\$\w+(?:\[[^\[\]{};]*\])*)\{([^{};]*)\}", source.mask):
        yield Edit(found.start(2) - 1, found.start(2), "[")
        yield Edit(found.end(2), found.end(2) + 1, "]")


def _removed(source: PhpSource) -> Iterator[Edit]:
    for found in re.finditer(
        r"(?<![\w$>:\\])(?<!function )get_magic_quotes_(?:gpc|runtime)\s*\(\s*\)", source.mask, re.IGNORECASE
    ):
        yield Edit(found.start(), found.end(), "false")
    for found in re.finditer(
        r"^[ \t]*@?(?:set_)?magic_quotes_runtime\s*\([^();]*\)\s*;[ \t]*\r?\n",
        source.mask,
        re.IGNORECASE | re.MULTILINE,
    ):
        yield Edit(found.start(), found.end(), "")
    for found in re.finditer(r"(?<![\w$>:\\])(?<!function )mktime\s*\(\s*\)", source.mask, re.IGNORECASE):
        yield Edit(found.start(), found.end(), "time()")
    for found in re.finditer(r"(?<![\w$>:\\])(?<!function )is_real(?=\s*\()", source.mask, re.IGNORECASE):
        yield Edit(found.start(), found.end(), "is_float")
    for found in re.finditer(r"\(\s*real\s*\)(?=\s*[\w$(])", source.mask, re.IGNORECASE):
        yield Edit(found.start(), found.end(), "(float)")
    for found in re.finditer(r"=\s*&\s*(?=new\b)", source.mask):
        yield Edit(found.start(), found.end(), "= ")
    for found in re.finditer(r"\$HTTP_(GET|POST|SERVER|COOKIE|SESSION|ENV)_VARS\b", source.mask):
        yield Edit(found.start(), found.end(), f"$_{found[1]}")
    for found in re.finditer(r"\$HTTP_POST_FILES\b", source.mask):
        yield Edit(found.start(), found.end(), "$_FILES")


def _implode(source: PhpSource) -> Iterator[Edit]:
    for _, arguments in _calls(source, "implode|join"):
        if len(arguments) != 2:
            continue
        first, second = (source.text[a:b] for a, b in arguments)
        if re.fullmatch(r"\s*(?:'[^']*'|\"[^\"]*\")\s*", second) and re.match(r"\s*(?:\$|array\b|\[)", first):
            yield Edit(arguments[0][0], arguments[1][1], f"{second.strip()}, {first.strip()}")


def _by_reference(source: PhpSource) -> Iterator[Edit]:
    """``f(&$x)``: a parse error since 5.4."""
    for found in re.finditer(r"(\b\w+|->\w+|::\w+)\s*\(", source.mask):
        before = source.mask[max(0, found.start() - 12) : found.start()]
        word = found[1].lstrip("->:").lower()
        if word in (
            "function",
            "fn",
            "use",
            "array",
            "list",
            "foreach",
            "if",
            "while",
            "for",
            "switch",
            "catch",
            "isset",
            "elseif",
        ) or re.search(r"\bfunction\s*&?\s*$", before):
            continue
        for start, end in source.arguments(found.end() - 1) or ():
            held = re.match(r"\s*(&)\s*\$\w+", source.mask[start:end])
            if held:
                yield Edit(start + held.start(1), start + held.end(1), "")


def _tags(source: PhpSource) -> Iterator[Edit]:
    for found in re.finditer(r"<\?(?=\s)", source.text):
        if not source.mask[found.start() : found.end()].strip() and not _in_string(source, found.start()):
            yield Edit(found.start(), found.end(), "<?php")


def _in_string(source: PhpSource, at: int) -> bool:
    """Whether code surrounds the place: then the mark stands in a remark or string."""
    opened = max(source.text.rfind("<?php", 0, at), source.text.rfind("<?=", 0, at))
    return opened > source.text.rfind("?>", 0, at)


def _var(source: PhpSource) -> Iterator[Edit]:
    for found in re.finditer(r"(?<=[\s{};])var(?=\s+\$\w+\s*[=;,])", source.mask, re.IGNORECASE):
        yield Edit(found.start(), found.end(), "public")


RULES: tuple[PhpRule, ...] = (
    PhpRule("Replace POSIX regular expressions", "ereg and split are gone since PHP 7.", _posix),
    PhpRule("Replace each by foreach", "each is gone since PHP 8.", _each),
    PhpRule("Replace create_function by closures", "create_function is gone since PHP 8.", _closures),
    PhpRule("Take string offsets in brackets", "Braces around an offset are a parse error since PHP 8.", _offsets),
    PhpRule("Give implode its glue first", "The other order is an error since PHP 8.", _implode),
    PhpRule(
        "Pass by reference where the function says so",
        "An ampersand in a call is a parse error since PHP 5.4.",
        _by_reference,
    ),
    PhpRule(
        "Replace what PHP 7 and 8 took away",
        "Functions, variables and casts that are gone, each by what it meant.",
        _removed,
    ),
    PhpRule("Write opening tags in full", "Short tags depend on a setting; without it the code is printed.", _tags),
    PhpRule("Declare properties public", "var is what PHP 4 wrote for public.", _var),
)

LEFT: tuple[tuple[str, str], ...] = (
    (r"(?<![\w$>:\\])(?<!function )mysql_(?:connect|query|fetch_\w+|select_db|real_escape_string|pconnect)\s*\(", "mysql_* is gone since PHP 7: mysqli or PDO, with parameters instead of pasted values"),
    (r"(?<![\w$>:\\])(?<!function )(?:ereg|eregi|ereg_replace|eregi_replace|split|spliti)\s*\(", "a POSIX pattern that is computed or escaped: write it for preg by hand"),
    (r"(?<![\w$>:\\])(?<!function )each\s*\(", "each is gone since PHP 8, and its loop does more than walk the array"),
    (r"(?<![\w$>:\\])(?<!function )create_function\s*\(", "create_function is gone since PHP 8, and its code is computed"),
    (r"(?<![\w$>:\\])(?<!function )(?:session_register|session_is_registered|session_unregister|import_request_variables)\s*\(", "gone since PHP 5.4: use $_SESSION and the request's own arrays"),
    (r"(?<![\w$>:\\])(?<!function )(?:money_format|convert_cyr_string|hebrevc|restore_include_path|mcrypt_\w+|png2wbmp|jpeg2wbmp|ezmlm_hash)\s*\(", "the function is gone in PHP 8 (or 7) and has no drop-in replacement"),
    (r"\bfunction\s+__autoload\s*\(", "__autoload is gone since PHP 8: spl_autoload_register takes its place"),
    (r"\(\s*unset\s*\)", "the cast (unset) is gone since PHP 8"),
    (r"\$php_errormsg\b", "$php_errormsg is gone since PHP 8: error_get_last()"),
    (r"\bdefine\s*\([^;]*,\s*true\s*\)", "constants whose case does not matter are gone since PHP 8"),
)  # fmt: skip


def constructors(sources: Mapping[str, PhpSource]) -> dict[str, list[Edit]]:
    """Methods called as their class, renamed to ``__construct``, with the calls of them in subclasses; by path."""
    classes: dict[str, tuple[PhpSource, tuple[int, int], str]] = {}
    twice: set[str] = set()
    for source in sources.values():
        if re.search(r"^\s*namespace\s+\w", source.mask, re.MULTILINE):
            continue
        for found in re.finditer(r"\bclass\s+(\w+)(?:\s+extends\s+(\w+))?[^{};()]*\{", source.mask):
            body = _block(source.mask, found.end() - 1)
            name = found[1].lower()
            if body is not None:
                twice |= {name} & set(classes)
                classes[name] = (source, body, (found[2] or "").lower())
    called = {
        found[1].lower()
        for source in sources.values()
        for found in re.finditer(r"(?<!\$this)->(\w+)\s*\(", source.mask)
    }
    old: dict[str, re.Match[str]] = {}
    for name, (source, body, _) in classes.items():
        inside = source.mask[body[0] : body[1]]
        made = re.search(rf"\bfunction\s+&?\s*({name})\s*\(", inside, re.IGNORECASE)
        if made and name not in twice | called and not re.search(r"\bfunction\s+__construct\b", inside, re.IGNORECASE):
            old[name] = made
    edits: dict[str, list[Edit]] = {}
    for name, made in old.items():
        source, body, _ = classes[name]
        edits.setdefault(source.path, []).append(Edit(body[0] + made.start(1), body[0] + made.end(1), "__construct"))
    for source, body, parent in classes.values():
        if parent in old:
            pattern = rf"\b(?:parent|{parent})::({parent})(?=\s*\()|\$this->({parent})(?=\s*\()"
            for found in re.finditer(pattern, source.mask[body[0] : body[1]], re.IGNORECASE):
                group = 1 if found[1] else 2
                edits.setdefault(source.path, []).append(
                    Edit(body[0] + found.start(group), body[0] + found.end(group), "__construct")
                )
    return edits
