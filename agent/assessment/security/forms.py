"""POST forms without a token against forgery, in systems whose pages are written by hand: a case in, one finding out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.security.rules import BY_ID
from agent.domain.finding import Finding
from agent.domain.wording import counted

__all__ = ["unprotected_forms"]

_POST = re.compile(
    r"<(?:form|html:form|s:form|stripes:form|h:form)\b[^>]{0,400}\bmethod\s*=\s*[\"']?post", re.IGNORECASE
)
_TOKEN = re.compile(
    r"(?i)csrf|xsrf|authenticity_token|anti-?forgery|form_?token|_token\b|nonce|hidden_tag\(|samesite|form\.hidden|sesskey|wp_nonce"
)
_ADDED = re.compile(
    r"(?i)spring-boot-starter-security|spring-security|@EnableWebSecurity|flask_wtf|CsrfViewMiddleware|lusca|csurf|ViewState|javax\.faces"
)


def unprotected_forms(case: Case) -> Iterator[Finding]:
    """One finding for the system, or none when any page or library of it has to do with tokens."""
    found = []
    for source in case.sources:
        if source.language not in (
            "php",
            "html",
            "jsp",
            "javascript",
            "typescript",
            "python",
            "perl",
            "java",
            "groovy",
            "xml",
        ):
            continue
        if _ADDED.search(source.text) or (source.language in ("php", "html", "jsp") and _TOKEN.search(source.text)):
            return
        if (
            source.language in ("php", "html", "jsp", "perl", "python") and "<form" in source.lower
        ) or source.language == "jsp":
            found += [
                evidence(source.path, source.line(m.start()), "a POST form without a token")
                for m in _POST.finditer(source.text)
            ]
        elif _TOKEN.search(source.text) and source.language != "xml":
            return
    if found:
        detail = f"{counted(len(found), 'form posts', 'forms post')}, and nothing in the system's pages or code deals with tokens."
        yield report(case, BY_ID["security.unprotected-form"], "forms", found, detail=detail, services=())
