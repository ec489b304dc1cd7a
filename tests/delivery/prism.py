"""Prism in front of the GitHub double: each call and each answer is checked against GitHub's own OpenAPI description.

Prism and the description come from npm (tests/delivery/npm, `npm ci --ignore-scripts --prefix tests/delivery/npm`). Of the
description only what we call is kept, which saves Prism most of a minute.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MODULES = Path(__file__).parent / "npm" / "node_modules"
DESCRIPTION = MODULES / "@octokit/openapi/generated/api.github.com.json"
PRISM = MODULES / "@stoplight/prism-cli/dist/index.js"
CALLED = {
    "/repos/{owner}/{repo}/pulls": ("get", "post"),
    "/repos/{owner}/{repo}/pulls/{pull_number}": ("patch",),
    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews": ("get",),
    "/repos/{owner}/{repo}/compare/{basehead}": ("get",),
    "/repos/{owner}/{repo}/issues": ("get", "post"),
    "/repos/{owner}/{repo}/issues/{issue_number}": ("patch",),
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ("get",),
}


def why_not() -> str:
    """Why Prism cannot be run here; empty when it can."""
    if shutil.which("node") is None:
        return "there is no node here"
    if not PRISM.is_file() or not DESCRIPTION.is_file():
        return "run `npm ci --ignore-scripts --prefix tests/delivery/npm` first"
    return ""


@contextmanager
def prism_before(upstream: str, folder: Path) -> Iterator[str]:
    """The address of a Prism that checks and passes on; what does not fit the description is answered with an error."""
    spec = folder / "github.json"
    spec.write_text(json.dumps(called_part(json.loads(DESCRIPTION.read_text("utf-8")))))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "prism.log").open("wb")
    command = ["node", str(PRISM), "proxy", str(spec), upstream, "--errors", "--port", str(port), "--host", "127.0.0.1"]
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, (folder / "prism.log").read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
        log.close()


def called_part(whole: dict[str, Any]) -> dict[str, Any]:
    """The description with what we call and all that this refers to."""
    paths = {path: {verb: whole["paths"][path][verb] for verb in verbs} for path, verbs in CALLED.items()}
    part: dict[str, Any] = {"openapi": whole["openapi"], "info": whole["info"], "paths": paths, "components": {}}
    todo: list[Any] = [paths]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            reference = value.get("$ref", "")
            if isinstance(reference, str) and reference.startswith("#/components/"):
                kind, name = reference.split("/")[2:]
                if name not in part["components"].setdefault(kind, {}):
                    part["components"][kind][name] = whole["components"][kind][name]
                    todo.append(whole["components"][kind][name])
            todo += value.values()
        elif isinstance(value, list):
            todo += value
    return part
