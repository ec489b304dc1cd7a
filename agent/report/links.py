"""Where a file and line can be read on the forge: repository and location in, URL or nothing out.

Only hosts whose URL form is known give links, and only at a commit: a branch moves on and the line with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from agent.domain.inventory import Location
from agent.domain.plan import Repository

__all__ = ["SourceLinks", "source_links"]

_REMOTE = re.compile(r"([a-z0-9.-]{1,100})/([A-Za-z0-9._-]{1,100}(?:/[A-Za-z0-9._-]{1,100}){1,5})")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_LONGEST = 1_000  # characters of a path; forges refuse longer addresses
_FORMS = {
    "github": "blob/{commit}",
    "gitlab": "-/blob/{commit}",
    "bitbucket": "src/{commit}",
    "codeberg": "src/commit/{commit}",
}
_LINE_MARKS = {"github": "L", "gitlab": "L", "bitbucket": "lines-", "codeberg": "L"}


@dataclass(frozen=True)
class SourceLinks:
    """Makes links to one commit; ``base`` is empty when the forge or the commit is unknown."""

    base: str
    line_mark: str = "L"

    def url(self, location: Location) -> str:
        """The location's URL, or an empty string."""
        if not self.base or len(location.path) > _LONGEST:
            return ""
        if any(part in ("", ".", "..") for part in location.path.split("/")):
            return ""  # dots would be resolved by the browser and lead to another repository of the forge
        place = quote(location.path.encode("utf-8", "surrogatepass"), safe="/")
        return f"{self.base}/{place}" + (f"#{self.line_mark}{location.line}" if location.line else "")


def source_links(repository: Repository) -> SourceLinks:
    """The links of a repository whose remote reads ``host/owner/name``, whichever scheme or suffix it was written with."""
    remote = re.sub(r"^(?:https?|ssh|git)://(?:git@)?|\.git/?$|/$", "", repository.remote)
    found = _REMOTE.fullmatch(remote)
    if not found or not _COMMIT.fullmatch(repository.commit) or ".." in remote:
        return SourceLinks("")
    host, path = found.groups()
    # A company's own GitLab is usually called gitlab.<company>; GitHub and Bitbucket are recognised by their one name.
    forge = {"github.com": "github", "bitbucket.org": "bitbucket", "codeberg.org": "codeberg"}.get(
        host, "gitlab" if host.split(".")[0] == "gitlab" and "." in host else ""
    )
    if not forge or (forge != "gitlab" and path.count("/") != 1):
        return SourceLinks("")
    return SourceLinks(f"https://{host}/{path}/{_FORMS[forge].format(commit=repository.commit)}", _LINE_MARKS[forge])
