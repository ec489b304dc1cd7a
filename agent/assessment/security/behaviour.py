"""The security rules that need a call's arguments or what a function is about: sources in, (rule, offset, text) out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.assessment.reading import Block, Call, Source, calls, functions
from agent.assessment.reading.blocks import enclosing

__all__ = ["behaviours"]

Found = tuple[str, int, str]

_SHELL = {
    "python": re.compile(r"(?<![\w.])(?:os\.(?:system|popen)|commands\.get(?:status)?output|popen2\.popen\d)\s*\("),
    "php": re.compile(r"(?<![\w>:$])(?:shell_exec|exec|system|passthru|popen|proc_open)\s*\("),
    "java": re.compile(r"\bgetRuntime\s*\(\s*\)\s*\.\s*exec\s*\("),
    "javascript": re.compile(
        r"\b(?:child_process|cp|childProcess)\.(?:exec|execSync)\s*\(|(?<![\w.$])(?:exec|execSync)\s*\("
    ),
    "ruby": re.compile(r"(?<![\w.:])(?:system|exec|Kernel\.system)\s*\("),
    "perl": re.compile(r"(?<![\w>:$])(?:system|exec)\s*\("),
    "csharp": re.compile(r"\bProcess\.Start\s*\("),
}
_SHELL["typescript"] = _SHELL["javascript"]
_SUBPROCESS = re.compile(r"\bsubprocess\.(?:call|run|Popen|check_output|check_call|getoutput)\s*\(")
_BACKTICK_VALUE = re.compile(r"`[^`\n]*(?:\$\w|#\{)[^`\n]*`")
_QUOTED = re.compile(r"\bescapeshell(?:arg|cmd)\s*\(|\b(?:shlex\.quote|pipes\.quote|quote)\s*\(|shellescape|Shellwords")

_HASH = re.compile(
    r"\b(?:hashlib\.(?:md5|sha1|sha224|sha256|sha512)|(?:md5|sha)\.(?:new|md5|sha)|MessageDigest\.getInstance|DigestUtils\.\w+|createHash|Digest::(?:MD5|SHA\d*)\S*|"
    r"(?:MD5|SHA1|SHA256|SHA512)(?:CryptoServiceProvider|Managed)?\.Create)\s*\(|\b\w+(?:\.|->|::)(?:md5|sha1)(?:Hex)?\s*\(|(?<![\w>:$.])(?:md5|sha1|crypt|hash|md5_hex|sha1_hex|old_password)\s*\("
)
_PASSWORD = re.compile(r"(?i)pass(?:word|wd|phrase)|(?<![a-z])pwd|(?<![a-z])passw|(?<![a-z_])pass(?![a-z])")
_TOKEN = re.compile(
    r"(?i)pass(?:word|wd)|token|secret|nonce|(?<![a-z])salt|session_?(?:id|key)|api_?key|(?<![a-z])otp(?![a-z])|reset_?(?:code|key)|captcha|activation|verification_?code"
)
_RANDOM = {
    "python": re.compile(
        r"(?<![\w.])random\.(?:choice|choices|randint|random|sample|randrange|getrandbits|shuffle)\s*\("
    ),
    "java": re.compile(r"\bnew\s+(?:java\.util\.)?Random\s*\(|\bMath\.random\s*\(|\bRandomStringUtils\.\w+\s*\("),
    "javascript": re.compile(r"\bMath\.random\s*\("),
    "php": re.compile(r"(?<![\w>:$])(?:rand|mt_rand|uniqid|lcg_value|str_shuffle|array_rand)\s*\("),
    "csharp": re.compile(r"\bnew\s+Random\s*\("),
    "ruby": re.compile(r"(?<![\w.:])rand\s*\("),
    "perl": re.compile(r"(?<![\w>:$])rand\s*\("),
}
_RANDOM["typescript"] = _RANDOM["javascript"]
_SECURE = re.compile(r"\bSystemRandom\b|\bsecrets\.|SecureRandom")

_COMPARED_SQL = re.compile(
    r"(?i)\b(?:AND|WHERE)\s+[\w.`\"\[]*(?:password|passwd|pwd|passwort|userpw)[`\"\]]?\s*(?:=|LIKE)\s*(?!\s*(?:NULL|''))(?:'|\"|\?|:|%|\$|@|#\{|\b(?:md5|sha1|password|old_password|encrypt)\s*\()"
)
_COMPARED_CODE = re.compile(
    r"(?:\bgetPassword\s*\(\s*\)|\b\w+(?:\.|->)(?:password|passwd|pwd|pass)\b|\[\s*[\"'](?:password|passwd|pwd|pass)[\"']\s*\])\s*(?:===?|!==?|<>|\.\s*equals(?:IgnoreCase)?\s*\()"
    r"\s*(?![\"'\d]|null\b|None\b|undefined\b|true\b|false\b|this\.|self\.|\w*(?:confirm|repeat|again|retype|2\b))[\w$(]"
)
_FORM = re.compile(
    r"(?i)confirm|repeat|again|retype|password_?2|password1|verify|match|hash|crypt|salt|encode|digest|md5|sha1"
)

_LOG = re.compile(
    r"(?i)(?<![\w$])(?:[\w$]+(?:\.|->))*(?:log|logger|logging|_?log4j|console|syslog|slog|LOG|trace)(?:\.|->|::)(?:debug|info|warn|warning|error|fatal|trace|log|write|fine|severe|notice|critical|exception|addInfo)\s*\("
    r"|(?<![\w>:$.])(?:error_log|syslog|(?:write|audit|app|access|mail|debug|trace|event)_?log|log_?(?:message|line|info|debug|error|warn(?:ing)?|event|entry|write|it|msg|text)|trace_?(?:line|message))\s*\(|\bLog::(?:info|debug|error|warning|notice)\s*\("
)
_LOGGED = re.compile(
    r"(?i)(?<![\w])\$?(?:[\w]+(?:\.|->|\[\s*[\"']))*(?:get)?_?(?:[a-z]+_)?(?:password|passwd|passwort|pwd|secret|api_?key|access_?token|auth_?token|credit_?card_?(?:number|no)?|card_?(?:number|no)|cvv|cvc|ssn|iban|pin_?code)(?:\(\s*\))?[\"']?\]?(?![\w])"
)

_COOKIE = {
    "python": re.compile(r"\.set_cookie\s*\("),
    "php": re.compile(r"(?<![\w>:$])setcookie\s*\("),
    "javascript": re.compile(r"\bres\.cookie\s*\("),
    "java": re.compile(r"\bnew\s+(?:javax\.servlet\.http\.|jakarta\.servlet\.http\.)?Cookie\s*\("),
}
_COOKIE["typescript"] = _COOKIE["javascript"]


def behaviours(source: Source) -> Iterator[Found]:
    """Everything in one source; each rule looks at a file only where its words stand."""
    yield from _commands(source)
    about = _About(source)
    yield from _hashes(source, about)
    yield from _randoms(source, about)
    yield from _comparisons(source)
    yield from _logs(source)
    yield from _cookies(source)


class _About:
    """The function that an offset lies in, found when first asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._blocks: list[Block] | None = None

    def name(self, offset: int) -> str:
        """Name of the enclosing function; "" outside of any."""
        if self._blocks is None:
            self._blocks = functions(self._source)
        block = enclosing(self._blocks, offset)
        return block.name if block else ""


def _commands(source: Source) -> Iterator[Found]:
    pattern = _SHELL.get(source.language)
    if pattern is not None and not (
        source.language in ("javascript", "typescript") and "child_process" not in source.text
    ):
        for call in calls(source, pattern):
            if (
                _declares(source, call)
                or call.is_literal(source, 0)
                or _QUOTED.search(call.inside(source))
                or not call.arguments
            ):
                continue
            first = call.text(source, 0)
            if source.language in ("perl", "ruby") and len(call.arguments) > 1:
                continue  # a list goes past the shell
            if source.language == "java" and not re.search(r"\"\s*\+|\+\s*\"", first):
                continue  # an array, or a command made elsewhere
            if source.language == "csharp" and not re.search(r"\"\s*\+|\+\s*\"|\$\"", call.inside(source)):
                continue
            if re.fullmatch(r"\w+", first) and _constant(source, first):
                continue
            yield (
                "security.command-injection",
                call.start,
                f"{call.name.split('(')[0]} of something that is not a constant",
            )
    if source.language == "python":
        for call in calls(source, _SUBPROCESS):
            inside = call.inside_code(source)
            if (
                re.search(r"\bshell\s*=\s*True\b", inside)
                and not call.is_literal(source, 0)
                and not _QUOTED.search(inside)
            ):
                if re.fullmatch(r"\w+", call.text(source, 0)) and _constant(source, call.text(source, 0)):
                    continue
                yield "security.command-injection", call.start, "subprocess with shell=True"
    if source.language in ("php", "perl", "ruby"):
        for start, end in source.strings:
            if source.text[start] == "`" and _BACKTICK_VALUE.match(source.text, start, end):
                yield "security.command-injection", start, "back-ticks with a value"


def _declares(source: Source, call: Call) -> bool:
    return bool(re.search(r"\b(?:function|def|sub|func)\s+&?\s*$", source.code[max(0, call.start - 20) : call.start]))


def _constant(source: Source, name: str) -> bool:
    """Whether every assignment to a variable in this file is one string literal."""
    given = re.findall(rf"(?<![\w.]){re.escape(name)}[ \t]*=(?!=)[ \t]*([^\n;]*)", source.code)
    return bool(given) and all(re.fullmatch(r"[rbuRBU]?([\"'`])[ ]*\1[ \t,]*", g.strip()) for g in given)


def _hashes(source: Source, about: _About) -> Iterator[Found]:
    if "md5" not in source.lower and "sha" not in source.lower and "crypt" not in source.lower:
        return
    for call in calls(source, _HASH):
        if _declares(source, call) or source.language == "sql":
            continue
        start, _ = source.statement(call.start)
        around = source.plain[start : min(call.end + 1, start + 600)]
        inside = call.inside(source)
        if re.search(r"MessageDigest|createHash|(?<![\w])hash\s*\($", source.code[call.start : call.opening + 1]):
            if not re.search(r"(?i)md2|md5|sha", inside):
                continue
            around += source.plain[call.end : call.end + 300]
        if call.name.split("(")[0].strip() in ("crypt", "hash") and source.language != "php":
            continue
        if _PASSWORD.search(_no_keys(around)) or _PASSWORD.search(about.name(call.start)):
            if re.search(r"(?i)pbkdf2|bcrypt|argon|scrypt|hmac", around):
                continue
            yield "security.weak-password-hash", call.start, f"{call.name.split('(')[0].strip()} of a password"


def _no_keys(text: str) -> str:
    """Without comments' and messages' sentences: strings that hold spaces say nothing about what is hashed."""
    return re.sub(r"\"[^\"\n]* [^\"\n]*\"|'[^'\n]* [^'\n]*'", '""', text)


def _randoms(source: Source, about: _About) -> Iterator[Found]:
    pattern = _RANDOM.get(source.language)
    if pattern is None:
        return
    for call in calls(source, pattern):
        start, end = source.statement(call.start)
        line = source.code[start:end]
        if _SECURE.search(line) or _declares(source, call):
            continue
        if _TOKEN.search(line) or _TOKEN.search(about.name(call.start)):
            yield "security.weak-random", call.start, f"{call.name.split('(')[0].strip()} makes a secret"


def _comparisons(source: Source) -> Iterator[Found]:
    if source.role == "config" and source.language != "xml":
        return
    if source.language in ("sql", "html", "css", "json"):
        return
    for found in _COMPARED_SQL.finditer(source.plain):
        if (
            source.language == "xml"
            or source.code[found.start()] != source.plain[found.start()]
            or source.language == "cobol"
        ):
            before = source.plain[max(0, found.start() - 600) : found.start()]
            verb = [m.group().lower() for m in re.finditer(r"(?i)\b(?:select|update|delete)\b", before)]
            if verb and verb[-1] == "select":
                yield "security.clear-text-password", found.start(), "a password is looked up in SQL"
    for found in _COMPARED_CODE.finditer(source.plain):
        start, end = source.statement(found.start())
        if source.code[found.start()] == source.plain[found.start()] and not _FORM.search(source.plain, start, end):
            yield "security.clear-text-password", found.start(), "a stored password is compared for equality"


def _logs(source: Source) -> Iterator[Found]:
    if "log" not in source.lower and "console" not in source.lower:
        return
    for call in calls(source, _LOG):
        if _declares(source, call):
            continue
        hit = _LOGGED.search(call.inside_code(source)) or _interpolated(source, call)
        if hit is not None and not re.search(
            r"(?i)mask|redact|len\(|\.length|hash|is_?null|isEmpty|!=|==", call.inside_code(source)
        ):
            yield "security.secret-in-log", call.start, f"{hit.group().strip()} is logged"


def _interpolated(source: Source, call: Call) -> re.Match[str] | None:
    text = call.inside(source)
    for part in re.finditer(r"\$\{[^{}\n]{1,80}\}|\{\$[^{}\n]{1,80}\}|(?<=[\s\"=:])\$\w{1,40}", text):
        hit = _LOGGED.search(part.group().strip("${}"))
        if hit is not None:
            return hit
    return None


def _cookies(source: Source) -> Iterator[Found]:
    pattern = _COOKIE.get(source.language)
    if pattern is None:
        return
    for call in calls(source, pattern):
        inside = call.inside(source)
        if _declares(source, call) or re.search(r"\*\*|\.\.\.|max_?[aA]ge\s*[=:]\s*0\b|1970", inside):
            continue
        if source.language == "java":
            rest = source.code[call.end : call.end + 1500]
            flagged = bool(
                re.search(r"\.setSecure\s*\(\s*true", rest) and re.search(r"\.setHttpOnly\s*\(\s*true", rest)
            )
        elif source.language == "php":
            options = len(call.arguments) == 3 and bool(re.search(r"\[|array", call.text(source, 2)))
            flagged = len(call.arguments) >= 7 or (options and "secure" in inside.lower())
            if re.search(r"(?i)time\s*\(\s*\)\s*-|,\s*1\s*[,)]|,\s*['\"]{2}\s*,", inside + ")"):
                flagged = True  # it takes the cookie away
        elif len(call.arguments) == 3 and re.fullmatch(r"\w+", call.text(source, 2)):
            continue  # options made elsewhere
        else:
            flagged = bool(re.search(r"(?i)secure\s*[=:]", inside) and re.search(r"(?i)http_?only\s*[=:]", inside))
        if not flagged:
            yield "security.cookie", call.start, "set without Secure and HttpOnly"
