"""Python web programs without a large framework: dispatch tables, comparisons of the path, small libraries, RPC servers.

Tables, conditions, calls and decorators of each file in; ``route:GET /items/{}`` symbols with edges to their handlers out.
Literal patterns are exact; what only a name or a prefix suggests is inferred.
"""

from __future__ import annotations

from typing import Any

import msgspec

from agent.domain.facts import FileFacts
from agent.domain.linking import Linking
from agent.frameworks.python_syntax import python_syntax
from agent.frameworks.wsgi_calls import read_calls
from agent.frameworks.wsgi_linking import link_routes
from agent.frameworks.wsgi_paths import read_paths
from agent.frameworks.wsgi_tables import OTHERS, read_tables
from agent.ports import Project

__all__ = ["FRAMEWORK", "Wsgi"]


class Wsgi:
    """The `Framework` of WSGI and of the libraries right above it."""

    name = "wsgi"
    languages = frozenset({"python"})
    markers = (
        b"PATH_INFO", b"path_info", b"start_response", b"def do_GET", b"def do_POST", b"register_function", b"register_instance",
        b"cherrypy", b"bottle", b"pyramid", b"view_config", b"tornado", b"webapp", b"falcon", b"aiohttp", b"selector", b"pylons",
        b"add_route", b"map.connect", b"web.application", b"import web\n", b"WSGIApplication", b"ROUTES", b"URLS", b"routes = ",
        b"urls = ", b"url_map", b"URL_MAP", b"HANDLERS", b"handlers = ", b"DISPATCH", b"dispatch_table", b"PAGES", b"VIEWS",
        b"(r'/", b'(r"/', b"(r'^/", b'(r"^/', b"('/", b'("/', b"('^/", b'("^/',
    )  # fmt: skip

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """Routes, and the records that other files complete."""
        if root is None:
            return facts
        if any(i.module.partition(".")[0] in OTHERS for i in facts.imports):
            return facts  # a larger framework dispatches here, and has its own reader
        syntax = python_syntax(root, source)
        found = tuple(dict.fromkeys([
            *read_tables(syntax, facts), *read_paths(syntax, root), *read_calls(syntax, facts),
        ]))  # fmt: skip
        return msgspec.structs.replace(facts, wirings=(*facts.wirings, *found)) if found else facts

    def link(self, project: Project) -> Linking:
        """Routes with their handlers."""
        return link_routes(project) if any(True for _ in project.wirings(self.name)) else Linking()

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """Nothing here declares entities."""
        return ""


FRAMEWORK = Wsgi()
