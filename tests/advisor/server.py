"""A server that speaks the OpenAI protocol and does what a test tells it to, on its good days and on its worst."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = "The code of this part does what its name says in the system."


@dataclass
class Reply:
    """One HTTP answer. ``after``: bytes sent before the connection stalls (for ``stall`` seconds) or is reset."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    stall: float = 0.0
    reset: bool = False
    after: int | None = None


def completion(
    text: str = "", tools: Sequence[tuple[str, Mapping[str, Any]]] = (), usage: bool = True, number: int = 0
) -> Reply:
    """A whole answer: text, or calls of tools."""
    calls = [
        {"id": f"call_{number}_{n}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for n, (name, arguments) in enumerate(tools)
    ]
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    if calls:
        message["tool_calls"] = calls
    table: dict[str, Any] = {
        "id": "x", "object": "chat.completion", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}],
    }  # fmt: skip
    if usage:
        table["usage"] = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    return Reply(json.dumps(table).encode())


def streamed(text: str, *, done: bool = True, **more: Any) -> Reply:
    """The same in pieces."""
    head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    parts = [text[n : n + 7] for n in range(0, len(text), 7)]
    chunks: list[dict[str, Any]] = [
        {**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": part}, "finish_reason": None}]}
        for part in parts
    ]
    if done:
        chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        chunks.append(
            {**head, "choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}}
        )
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + ("data: [DONE]\n\n" if done else "")
    return Reply(body.encode(), content_type="text/event-stream", **more)


def sample(
    schema: Mapping[str, Any],
    choose: Callable[[str, Sequence[str]], str] = lambda _, options: options[0],
    name: str = "",
) -> Any:
    """Something that keeps to a JSON schema; ``choose`` picks of an enum by the field's name."""
    kind = schema.get("type")
    if "enum" in schema:
        return choose(name, schema["enum"])
    if "const" in schema:
        return schema["const"]
    if kind == "object":
        return {key: sample(value, choose, key) for key, value in schema["properties"].items()}
    if kind == "array":
        return [sample(schema["items"], choose, name) for _ in range(max(1, schema.get("minItems", 0)))]
    if kind == "boolean":
        return True
    if str(schema.get("pattern", "")).startswith("^[a-z]["):
        return "sample-name"
    if str(schema.get("pattern", "")).startswith("^E"):
        return "E1"
    return "A title" if schema.get("maxLength", 240) <= 60 else WORDS


def schema_asked(request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The JSON schema that a request asks for."""
    form = request.get("response_format") or {}
    return form["json_schema"]["schema"] if form.get("type") == "json_schema" else None


def obedient(request: Mapping[str, Any]) -> Reply:
    """A model that can keep to a schema, and no more."""
    schema = schema_asked(request)
    return completion(json.dumps(sample(schema)) if schema else "I can only answer in words.")


def last_user(request: Mapping[str, Any]) -> str:
    """The last thing that the program said."""
    return next(str(m["content"]) for m in reversed(request["messages"]) if m["role"] == "user")


@dataclass
class Server:
    """``script`` is asked for each request in turn; ``requests`` are their bodies, ``heads`` their headers."""

    url: str
    script: Callable[[dict[str, Any]], Reply]
    requests: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def serve(script: Callable[[dict[str, Any]], Reply]) -> Iterator[Server]:
    """A server on a free port of this machine until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with server.lock:
                server.bodies.append(body)
                server.requests.append(json.loads(body))
                server.heads.append({k.lower(): v for k, v in self.headers.items()})
                reply = server.script(server.requests[-1])
            self.send(reply)

        def send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            self.send_header("content-type", reply.content_type)
            self.send_header("content-length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            cut = len(reply.body) if reply.after is None else reply.after
            self.wfile.write(reply.body[:cut])
            self.wfile.flush()
            if reply.stall:
                time.sleep(reply.stall)
            if reply.reset:  # RST instead of FIN
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if reply.after is not None:
                self.close_connection = True
                self.connection.close()

        def handle(self) -> None:
            with suppress(OSError):  # the client went away
                super().handle()

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = Server(f"http://127.0.0.1:{http.server_port}/v1", script)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def turns(*replies: Reply | Callable[[dict[str, Any]], Reply]) -> Callable[[dict[str, Any]], Reply]:
    """One reply after the other, the last one for ever."""
    waiting = list(replies)

    def script(request: dict[str, Any]) -> Reply:
        reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return reply(request) if callable(reply) else reply

    return script
