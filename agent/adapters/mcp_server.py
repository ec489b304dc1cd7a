"""Functions as read-only tools of an MCP server over standard input and output, by the protocol's own SDK.

In go plain functions with types and docstrings; each call is answered by one thread, in turn, since what reads a
repository is not made for several. An expected error becomes a sentence for the assistant.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from agent import __version__
from agent.errors import FigwrightError, InputError

__all__ = ["serve_tools"]


def serve_tools(name: str, instructions: str, tools: Sequence[Callable[..., str]], worker: ThreadPoolExecutor) -> None:
    """Answer until standard input ends. Raises InputError when the SDK is not installed."""
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.types import ToolAnnotations
    except ImportError:
        raise InputError("figwright mcp needs the extra mcp: install figwright[mcp].") from None
    server: Any = MCPServer(name, instructions=instructions, version=__version__, log_level="ERROR")
    harmless = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
    for tool in tools:
        described = inspect.cleandoc(tool.__doc__ or "").replace("\n", " ")
        server.add_tool(
            _in_worker(tool, worker),
            name=tool.__name__,
            description=described,
            annotations=harmless,
            structured_output=False,
        )
    server.run("stdio")


def _in_worker(tool: Callable[..., str], worker: ThreadPoolExecutor) -> Callable[..., Any]:
    from mcp.server.mcpserver.exceptions import ToolError

    @functools.wraps(tool)
    async def answer(**arguments: Any) -> str:
        try:
            return await asyncio.get_running_loop().run_in_executor(worker, functools.partial(tool, **arguments))
        except FigwrightError as error:
            raise ToolError(str(error)) from None

    return answer
