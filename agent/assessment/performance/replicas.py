"""What breaks with two replicas or waits for others: sources and paths in, (rule, source, offset, text) out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.assessment.case import Case
from agent.assessment.performance.paths import Paths
from agent.assessment.reading import Pattern, Source, calls, match_patterns

__all__ = ["external_calls", "local_state"]

Found = tuple[str, Source, int, str]
_PY = frozenset({"python"})
_JAVA = frozenset({"java", "kotlin", "groovy"})
_JS = frozenset({"javascript", "typescript"})
_PHP = frozenset({"php"})


def _p(
    rule: str, languages: frozenset[str], needles: str, regex: str, say: str, unless: str = "", absent: str = ""
) -> Pattern:
    return Pattern(
        f"performance.{rule}", languages, tuple(needles.split()), re.compile(regex, re.MULTILINE), say,
        re.compile(unless) if unless else None, re.compile(absent) if absent else None,
    )  # fmt: skip


PATTERNS = (
    _p("local-session", _PHP, "session_start", r"(?<![\w>:$])session_start\s*\(", "PHP's files", absent=r"session_set_save_handler|SessionHandlerInterface|session\.save_handler"),
    _p("local-session", _JS, "session", r"\b(?:express)?[sS]ession\s*\(\s*\{", "Express' memory store", absent=r"\bstore\s*[:,]|connect-redis|RedisStore|cookie-session|connect-mongo"),
    _p("local-session", _PY, "session_type", r"\bSESSION_TYPE[\"'\]]*\s*=\s*[\"'](?:filesystem|cachelib)", "Flask-Session's files"),
    _p("local-session", _PY, "session_engine", r"\bSESSION_ENGINE\s*=\s*[\"']django\.contrib\.sessions\.backends\.(?:file|cache)[\"']", "sessions in files or the cache"),
    _p("local-session", _JAVA, "getsession", r"\.getSession\s*\([^()\n]*\)\s*\.setAttribute\s*\(|\b(?:session|httpSession|sess)\.setAttribute\s*\(", "HttpSession", absent=r"spring-session|@EnableRedisHttpSession"),
    _p("local-timer", _JAVA, "@scheduled timertask @schedule scheduleatfixedrate schedulewithfixeddelay", r"@Scheduled\s*\(|@Schedule\s*\(|\bextends\s+TimerTask\b|\.scheduleAtFixedRate\s*\(|\.scheduleWithFixedDelay\s*\(", "timer", absent=r"ShedLock|@SchedulerLock"),
    _p("local-timer", _JS, "setinterval cron.schedule schedulejob new cronjob", r"\bsetInterval\s*\(|\bcron\.schedule\s*\(|\bscheduleJob\s*\(|\bnew\s+CronJob\s*\(", "timer", unless=r"clearInterval|\.unref\(|(?i:setInterval\s*\(\s*[\w.$]*(?:sweep|prune|evict|heartbeat|keep_?alive|gc)\w*\s*,)"),
    _p("local-timer", _PY, "scheduler threading.timer sched.", r"\b(?:Background|Blocking|AsyncIO)Scheduler\s*\(|\bthreading\.Timer\s*\(|@repeat_every\b", "timer"),
    _p("local-timer", frozenset({"csharp", "vb.net"}), "timer", r"\bnew\s+(?:System\.(?:Threading|Timers)\.)?Timer\s*\(", "timer"),
    _p("local-lock", _PY, "fcntl lockf filelock lockfile msvcrt.locking", r"\bfcntl\.(?:flock|lockf)\s*\(|\bmsvcrt\.locking\s*\(|\bFileLock\s*\(|\blockfile\.\w*LockFile\s*\(", "file lock"),
    _p("local-lock", _PHP, "flock", r"(?<![\w>:$])flock\s*\([^;\n]*LOCK_EX", "file lock"),
    _p("local-lock", _JAVA, "filelock .trylock getchannel", r"\bFileLock\s+\w+\s*=|\.getChannel\s*\(\s*\)\s*\.\s*(?:try)?[lL]ock\s*\(", "file lock"),
    _p("local-lock", _PY | _PHP | _JS | _JAVA | frozenset({"perl", "ruby", "shell"}), ".lock .pid", r"\b(?:exists|isfile|file_exists|existsSync|createNewFile|open|fopen|access)\s*\([^;\n]*[\w/]\.(?:lock|pid|lck)[\"']", "lock file"),
    _p("local-file", _PHP, "move_uploaded_file", r"\bmove_uploaded_file\s*\(", "upload to the disk"),
    _p("local-file", _JS, "multer", r"\bmulter\s*\(\s*\{\s*dest\b|\bmulter\.diskStorage\s*\(", "upload to the disk"),
    _p("local-file", _JAVA, "transferto multipart getpart", r"\.transferTo\s*\(\s*(?:new\s+File|\w*[fF]ile|\w*[pP]ath|dest)|\bpart\.write\s*\(", "upload to the disk"),
    _p("local-file", _PY, "request.files .save(", r"\brequest\.files\[[^\]\n]*\]\.save\s*\(|\bMEDIA_ROOT\s*=\s*(?!.*environ)", "upload to the disk", absent=r"S3Boto|storages\.backends|DEFAULT_FILE_STORAGE|STORAGES\s*="),
)  # fmt: skip

_CACHES = {
    "python": re.compile(
        r"^(?P<name>_?[A-Za-z]\w*)[ \t]*(?::[^=\n]{1,60})?=[ \t]*(?:\{\}|\[\]|dict\(\)|list\(\)|set\(\)|defaultdict\([^()\n]*\)|OrderedDict\(\))[ \t]*$",
        re.MULTILINE,
    ),
    "javascript": re.compile(
        r"^(?:(?:var|let|const)[ \t]+|exports\.|module\.exports\.)(?P<name>\w+)[ \t]*=[ \t]*(?:\{\}|\[\]|new (?:Map|Set)\(\)|Object\.create\(null\))[ \t]*;?[ \t]*$",
        re.MULTILINE,
    ),
    "java": re.compile(
        r"^[ \t]+(?:(?:private|public|protected|static|final|volatile|transient)[ \t]+){1,5}(?:[\w.]+Map|Hashtable|Vector|[\w.]*List|[\w.]*Set|Cache)\b(?:<[^;=\n]{0,80}>)?[ \t]+(?P<name>\w+)[ \t]*=[ \t]*(?:new\b|Collections\.synchronized|Lists\.|Maps\.)",
        re.MULTILINE,
    ),
    "csharp": re.compile(
        r"^[ \t]+(?:(?:private|public|internal|static|readonly)[ \t]+){2,5}(?:Concurrent)?(?:Dictionary|List|HashSet|Hashtable)\b(?:<[^;=\n]{0,80}>)?[ \t]+(?P<name>\w+)[ \t]*=[ \t]*new\b",
        re.MULTILINE,
    ),
}
_CACHES["typescript"] = _CACHES["javascript"]
_CACHE_NAME = re.compile(
    r"(?i)cache|memo|session|pending|queue|visited|online|counter|connections|clients|users|tokens|seen|recent|last|current|locks?$|hits|attempts|store|state|buffer|cart|basket|rates?"
)
_NOT_CACHE = re.compile(
    r"(?i)handlers?|routes?|registry|plugins?|urlpatterns|exports|config|commands|filters|middleware|listeners|fields|names|types|mapping"
)


_PAGES = re.compile(r"(?i)(?:^|/)(?:static\w*|public|assets|www|webapp|client|frontend|browser)/")
_BROWSER = re.compile(r"\bdocument\.|\bwindow\.|\bjQuery\b|(?<![\w$])\$\s*\(\s*[\"'(]|\blocalStorage\b|\bnavigator\.")


def _is_page_script(source: Source) -> bool:
    """A script of pages runs in browsers, not in replicas."""
    return source.language in ("javascript", "typescript") and bool(
        _PAGES.search(source.path) or _BROWSER.search(source.code)
    )


def local_state(case: Case) -> Iterator[Found]:
    """Sessions, timers, locks, uploads and caches of one process."""
    sources = [s for s in case.sources if s.role == "code" and not _is_page_script(s)]
    for pattern, source, offset in match_patterns(PATTERNS, sources):
        yield pattern.rule, source, offset, pattern.say
    for source in sources:
        pattern_of = _CACHES.get(source.language)
        if pattern_of is None:
            continue
        for found in pattern_of.finditer(source.code):
            name = found["name"]
            if source.language in ("java", "csharp") and not re.search(r"\bstatic\b", found.group()):
                continue
            if _NOT_CACHE.search(name) or not _CACHE_NAME.search(name) or not _is_filled(source, name, found.end()):
                continue
            at = found.start() + len(found.group()) - len(found.group().lstrip())
            yield "performance.local-cache", source, at, f"{name} is filled while the process runs"


def _is_filled(source: Source, name: str, start: int) -> bool:
    """Whether an indented line, so one in a function, puts something into it."""
    escaped = re.escape(name)
    change = re.compile(
        rf"^[ \t]+[^\n]{{0,200}}?(?<![\w.]){escaped}(?:\[[^\]\n]{{1,120}}\][ \t]*=(?!=)|\.(?:append|add|update|setdefault|put|putIfAbsent|push|set|Add|unshift|insert)\s*\()",
        re.MULTILINE,
    )
    return change.search(source.code, start) is not None


_CLIENTS = {
    "python": re.compile(
        r"\brequests\.(?:get|post|put|delete|patch|head|request)\s*\(|\burllib2?\.(?:request\.)?urlopen\s*\(|(?<![\w.])urlopen\s*\(|\bsmtplib\.SMTP(?:_SSL)?\s*\(|\bftplib\.FTP\s*\(|\bhttplib\.HTTPS?Connection\s*\(|\bhttp\.client\.HTTPS?Connection\s*\(|\bhttpx\.(?:get|post|put|delete)\s*\("
    ),
    "java": re.compile(
        r"\.openConnection\s*\(|\b(?:restTemplate|RestTemplate|webClient|httpClient|client)\.(?:getForObject|getForEntity|postForObject|postForEntity|exchange|execute|send)\s*\(|\bTransport\.send\s*\(|\bnew\s+FTPClient\s*\("
    ),
    "javascript": re.compile(
        r"(?<![\w.])fetch\s*\(|\baxios(?:\.(?:get|post|put|delete|request))?\s*\(|\bhttps?\.(?:request|get)\s*\(|(?<![\w.])request(?:\.(?:get|post|put))?\s*\(|\.sendMail\s*\("
    ),
    "php": re.compile(
        r"(?<![\w>:$])(?:curl_exec|fsockopen|ftp_connect|mail)\s*\(|\bnew\s+SoapClient\s*\(|(?<![\w>:$])file_get_contents\s*\((?=\s*[\"']https?)"
    ),
    "csharp": re.compile(r"\.(?:GetAsync|PostAsync|SendAsync|GetStringAsync|DownloadString|GetResponse)\s*\("),
}
_CLIENTS["typescript"] = _CLIENTS["javascript"]
# The address is that of the request: it calls the same system again.
_OWN_HOST = re.compile(
    r"\bgetServerName\s*\(|\breq(?:uest)?\.(?:get_host\s*\(|host\b|url_root\b|host_url\b|headers\.host\b)|\$_SERVER\[[\"'](?:HTTP_HOST|SERVER_NAME)"
)
_WAITS = {
    "python": (
        re.compile(
            r"\brequests\.(?:get|post|put|delete|patch|head|request)\s*\(|(?:\burllib2?\.(?:request\.)?|(?<![\w.]))urlopen\s*\(|\bsmtplib\.SMTP(?:_SSL)?\s*\(|\bftplib\.FTP\s*\("
        ),
        re.compile(r"\btimeout\b|\*\*"),
        re.compile(r"setdefaulttimeout"),
    ),
    "java": (
        re.compile(r"\.openConnection\s*\("),
        re.compile(r"(?!)"),
        re.compile(r"setConnectTimeout|setReadTimeout|java\.net\.JarURL"),
    ),
    "php": (re.compile(r"(?<![\w>:$])curl_exec\s*\("), re.compile(r"(?!)"), re.compile(r"CURLOPT_TIMEOUT")),
}


def external_calls(case: Case, paths: Paths) -> Iterator[Found]:
    """Calls that a request waits for, and calls that may wait for ever."""
    for source in case.sources:
        pattern = _CLIENTS.get(source.language)
        if source.role != "code" or pattern is None:
            continue
        if _is_page_script(source):
            continue
        for call in calls(source, pattern):
            if re.search(r"\b(?:function|def)\s+$", source.code[max(0, call.start - 12) : call.start]):
                continue
            if (
                call.name in ("request", "fetch")
                and not re.search(
                    rf"\b{call.name}\b[\"'\s]*=?\s*(?:require|from)|from\s+[\"'](?:node-fetch|request)", source.text
                )
                and call.name == "request"
            ):
                continue
            if _OWN_HOST.search(source.plain, max(0, call.start - 900), call.end):
                continue
            symbol = paths.symbol_at(source.path, source.line(call.start))
            if symbol and paths.is_requested(symbol):
                yield (
                    "performance.external-call",
                    source,
                    call.start,
                    f"{call.name} in {symbol.rpartition('.')[2]}, which a route reaches",
                )
        wait = _WAITS.get(source.language)
        if wait is None or wait[2].search(source.plain):
            continue
        for call in calls(source, wait[0]):
            if not wait[1].search(call.inside(source)):
                yield "performance.no-timeout", source, call.start, f"{call.name} without a time-out"
