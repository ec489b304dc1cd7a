"""Secrets in files: formats of issuers by detect-secrets' detectors, and literals given to names that say secret.

detect-secrets reads every line with every detector, which takes minutes on a large repository. Here a cheap search finds the
few lines that could hold one, and only those are given to it. No value leaves this module: evidence names kind and variable.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from agent.assessment.reading import Source, calls

__all__ = ["secrets_in"]

MOST_LINE = 2000
_HINT = re.compile(
    r"-----BEGIN|AKIA|ASIA|A3T|gh[pousr]_|github_pat|xox[abposr]-|hooks\.slack|sk_live|rk_live|eyJ|SG\.|AIza|npm_|glpat-|"
    r"AccountKey=|sk-[A-Za-z0-9]|pypi-Ag|[sS][qQ]\d{3}|://[^/\s:@\"'$<{]{1,60}:[^/\s:@\"']{2,80}@|live_[a-f0-9]|key-[0-9a-f]{32}"
)
_DETECTORS = (
    ("aws", "AWSKeyDetector"), ("azure_storage_key", "AzureStorageKeyDetector"), ("basic_auth", "BasicAuthDetector"),
    ("github_token", "GitHubTokenDetector"), ("gitlab_token", "GitLabTokenDetector"), ("jwt", "JwtTokenDetector"),
    ("mailchimp", "MailchimpDetector"), ("npm", "NpmDetector"), ("openai", "OpenAIDetector"), ("private_key", "PrivateKeyDetector"),
    ("pypi_token", "PypiTokenDetector"), ("sendgrid", "SendGridDetector"), ("slack", "SlackDetector"),
    ("square_oauth", "SquareOAuthDetector"), ("stripe", "StripeDetector"), ("twilio", "TwilioKeyDetector"),
)  # fmt: skip

_WORD = r"(?:pass(?:word|wd|phrase)|passwd|pwd|secret(?:[_-]?key)?|api[_-]?key|access[_-]?key|auth[_-]?token|(?<=[_-])pass|(?<=_)pw|private[_-]?key|encryption[_-]?key|client[_-]?secret|signing[_-]?key|token)"
_NAME = rf"(?P<name>[A-Za-z_$][\w.$-]{{0,60}}?{_WORD}|{_WORD})(?P<rest>[\w-]{{0,12}})"
_ASSIGNED = re.compile(
    rf"(?<![\w$-])[\"'\[]?(?:\$?{_NAME})[\"'\]]{{0,2}}\s*(?:=>|:=|=(?!=)|:)\s*(?P<quote>[\"'])(?P<value>[^\"'\n]{{3,200}})(?P=quote)",
    re.IGNORECASE,
)
_DEFINE = re.compile(
    rf"\bdefine\s*\(\s*[\"']{_NAME}[\"']\s*,\s*(?P<quote>[\"'])(?P<value>[^\"'\n]{{3,200}})(?P=quote)", re.IGNORECASE
)
_SETTING = re.compile(
    rf"^[ \t]*(?:-[ \t]+|export[ \t]+|ENV[ \t]+|ARG[ \t]+)?[\"']?{_NAME}[\"']?[ \t]*[=:][ \t]*(?P<quote>[\"']?)(?P<value>[^\s\"'#<>{{}}]{{3,200}})(?P=quote)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_XML = re.compile(
    rf"\bname=\"{_NAME}\"\s+value=(?P<quote>\")(?P<value>[^\"\n]{{3,200}})\"|<(?P<tag>[\w.-]{{0,40}}?{_WORD})>(?P<inner>[^<>\n]{{3,200}})</",
    re.IGNORECASE,
)
_DSN = re.compile(r"(?i)[\"'][^\"'\n]{0,200}\b(?:password|pwd)\s*=\s*(?P<value>[^;\"'\s{}$<%]{3,80})(?=[;\"'])")
_CONNECT = re.compile(
    r"\b(?:mysqli?_p?connect|mysqli_connect|new\s+mysqli|new\s+PDO|DriverManager\.getConnection|ftp_login|imap_open|ldap_bind)\s*\("
)
_PLACEHOLDER = re.compile(
    r"(?i)^(?:[x*.•_-]+|<.*>|\$\{?.*|\{\{.*|%.*%|#\{.*|@.*@|\[.*\]|"
    r"(?:your|my|the|some|example|sample|replace|insert|enter|todo|placeholder|redacted)[\w .-]*|"
    r"test|none|null|undefined|false|true|yes|no|on|off|required|optional|hidden|string|text|varchar|env|unknown|default)$"
    r"|change[_-]?me|changeit|example|placeholder|getenv|environ"
)
_WORDS_ONLY = frozenset("password passwd pwd pass secret token key apikey api_key api-key passphrase".split())
_NOT_SECRET_NAME = re.compile(
    r"(?i)(?:^|[._-])(?:no|allow|empty|random|generate|require\w*|old|new|forgot|reset|confirm|lost|change|invalid|wrong|min|max|is|has|use|hash|msg|message|label|text|title|error|hint|help|input|field|column|param|header|cookie|name|type|url|uri|path|file|"
    r"csrf|xsrf|page|next|continuation|grammar|lexer|parser|cancellation|regex|pattern|format|template|policy|length|size|expir\w*|ttl|timeout|count|query|prompt|placeholder|validator\w*|encoder\w*|view|form|"
    r"node|class|id|verify|public|primary|foreign|sort|cache|translation|tag|keyword|generator\w*)(?=[A-Z._-]|$)"
)
_PIPELINE = re.compile(
    r"(?:^|/)(?:\.github|\.circleci|\.gitlab|\.travis|ci|\.devcontainer)(?:/|\.|-ci)|azure-pipelines|appveyor|bitbucket-pipelines"
)
_SETTINGS = frozenset({"properties", "ini", "yaml", "env", "dockerfile", "shell", "toml"})


@cache
def _detectors() -> tuple[Any, ...]:
    """The detectors, made once; a release of detect-secrets without one of them does without it."""
    from importlib import import_module

    made = []
    for module, name in _DETECTORS:
        try:
            made.append(getattr(import_module(f"detect_secrets.plugins.{module}"), name)())
        except (ImportError, AttributeError):
            continue
    return tuple(made)


def secrets_in(source: Source) -> Iterator[tuple[int, str]]:
    """(offset, what it is) of each secret, each line once."""
    lines: set[int] = set()
    for offset, text in (*_issued(source), *_assigned(source), *_connected(source)):
        line = source.line(offset)
        if line not in lines:
            lines.add(line)
            yield offset, text


def _issued(source: Source) -> Iterator[tuple[int, str]]:
    for found in _HINT.finditer(source.plain):
        start, end = source.line_span(source.line(found.start()))
        text = source.plain[start : min(end, start + MOST_LINE)]
        for detector in _detectors():
            values = [v for v in detector.analyze_string(text) if _is_value(str(v))]
            if values and not (detector.secret_type.startswith("Basic") and _local(text)):
                yield found.start(), f"{detector.secret_type} ({len(str(values[0]))} characters, not shown)"
                break


def _connected(source: Source) -> Iterator[tuple[int, str]]:
    """Calls that log in with a literal as their third argument."""
    if source.language not in ("php", "java"):
        return
    for call in calls(source, _CONNECT):
        value = call.text(source, 2)
        if re.fullmatch(r"([\"'])[^\"'$]{3,80}\1", value) and _is_value(value[1:-1]):
            yield call.arguments[2][0], f"password of {call.name.split()[-1]} ({len(value) - 2} characters, not shown)"


def _local(text: str) -> bool:
    return bool(re.search(r"@(?:localhost|127\.|example\.|host\b)|user(?:name)?:pass", text))


def _assigned(source: Source) -> Iterator[tuple[int, str]]:
    patterns = [_ASSIGNED, _DEFINE, _DSN]
    if source.language in _SETTINGS:
        patterns = [_SETTING]
    elif source.language == "xml":
        patterns = [_XML]
    elif source.language in ("html", "jsp", "css", "sql", "markdown", "json", "cobol", "jcl", "gettext"):
        return
    if (
        _PIPELINE.search(source.path)
        or re.search(r"(?:^|[/_.-])tests?(?:ing)?\.\w+$", source.path)
        or not re.search(r"pass|pwd|_pw\b|secret|key|token", source.lower)
    ):
        return  # what a pipeline's throw-away databases are called is no secret
    for pattern in patterns:
        for found in pattern.finditer(source.plain):
            groups = found.groupdict()
            name = groups.get("name") or groups.get("tag") or "password"
            value = groups.get("value") or groups.get("inner") or ""
            whole = name + (groups.get("rest") or "")
            if _NOT_SECRET_NAME.search(_words(whole)) or not _is_value(value) or not _is_likely(whole, value, source):
                continue
            at = found.start("value") if groups.get("value") else found.start("inner")
            yield at, f"{whole.lstrip('$')[:60]} = a literal ({len(value)} characters, not shown)"


def _words(name: str) -> str:
    """`forgotPasswordUrl` as `forgot_Password_Url`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)


def _is_value(value: str) -> bool:
    return len(set(value)) > 2 and not _PLACEHOLDER.match(value.strip())


def _is_likely(name: str, value: str, source: Source) -> bool:
    """Whether a literal looks like a secret rather than a word, a key of translations, a path or a sentence."""
    if value.count(" ") > 0 or re.fullmatch(r"[\w-]*[./:\\][\w./:\\-]*", value):
        return False
    if re.search(r"(?i)token|key", name) and not re.search(r"(?i)secret|pass|pwd|private", name):
        return len(value) >= 12 and _entropy(value) > 3.0 and not re.fullmatch(r"[a-zA-Z_.-]+", value)
    if source.language not in _SETTINGS and (
        value.lower() in _WORDS_ONLY or value.lower() == re.sub(r"[^a-z]", "", name.lower())
    ):
        return False
    if re.fullmatch(r"[a-z]+(?:[A-Z][a-z]+)+|[a-z]+(?:[_-][a-z]+)+", value) and len(value) < 40:
        return source.language in _SETTINGS  # in code they are names: passWord, new-password
    return True


def _entropy(value: str) -> float:
    """Shannon entropy in bits a character."""
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
