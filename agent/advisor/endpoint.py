"""The model behind an endpoint: settings in; langchain's chat model over our wire, and what the endpoint can do, out.

What it can do is asked once and kept in the store like any other answer.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx2
from pydantic import SecretStr

from agent.advisor.failures import AskError, RefusedError, find_failure
from agent.advisor.ledger import CURRENT, Asked, Ledger
from agent.advisor.prices import OPENAI, is_local
from agent.advisor.wire import Wire
from agent.errors import SettingsError
from agent.prompting import load_prompt
from agent.settings import AdvisorSettings

__all__ = ["Abilities", "Endpoint", "check_url", "find_key"]

_TRACING = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")


@dataclass(frozen=True)
class Abilities:
    """What a probe showed. ``steady``: a temperature of 0 may be asked for (models that reason refuse one)."""

    mode: Literal["tools", "questions"]
    steady: bool = True


def check_url(base_url: str) -> str:
    """The endpoint's URL, without a slash at its end. Raises SettingsError for what is no URL or holds a password."""
    parts = urlsplit(base_url or OPENAI)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"the endpoint {base_url!r} is not a URL: write http://host:port/v1 or https://host/v1.")
    if parts.username or parts.password:
        raise SettingsError(
            "the endpoint's URL holds a password: put the key into FIGWRIGHT_LLM_KEY or a keyring instead."
        )
    return (base_url or OPENAI).rstrip("/")


def find_key(base_url: str, environment: Mapping[str, str]) -> str:
    """The key from the environment, else from a keyring; a word that means none for an endpoint on this machine.

    OPENAI_API_KEY is only ever sent to OpenAI. Raises SettingsError when there is none for a foreign endpoint.
    """
    url = check_url(base_url)
    host = urlsplit(url).hostname or ""
    found = environment.get("FIGWRIGHT_LLM_KEY") or (environment.get("OPENAI_API_KEY") if url == OPENAI else "")
    found = found or _from_keyring(host)
    if found:
        return found
    if is_local(url):
        return "none"
    raise SettingsError(
        f"there is no key for {host}: put it into FIGWRIGHT_LLM_KEY, or into a keyring as figwright, user {host}."
    )


def _from_keyring(host: str) -> str:
    try:
        keyring: Any = importlib.import_module("keyring")
    except ImportError:  # optional: pip install keyring
        return ""
    try:
        return str(keyring.get_password("figwright", host) or "")
    except keyring.errors.KeyringError:
        return ""


@dataclass
class Endpoint:
    """One model at one endpoint."""

    settings: AdvisorSettings
    wire: Wire
    ledger: Ledger
    key: str
    found: Abilities | None = None

    def model(self, abilities: Abilities | None = None, most_tokens: int | None = None) -> Any:
        """langchain's chat model; all that it sends goes over the wire, and it retries nothing itself."""
        for name in _TRACING:  # a machine set up for tracing would send every prompt to a third party
            os.environ[name] = "false"
        from langchain_openai import ChatOpenAI
        from langchain_openai.chat_models.base import BaseChatOpenAI

        url = check_url(self.settings.base_url)
        # OpenAI wants max_completion_tokens, older servers of the protocol know only max_tokens
        kind = ChatOpenAI if urlsplit(url).hostname == urlsplit(OPENAI).hostname else BaseChatOpenAI
        options: dict[str, Any] = {"max_tokens": most_tokens or self.settings.answer_tokens}
        if abilities is None or abilities.steady:
            options["temperature"] = 0
        return kind(
            model=self.settings.model,
            base_url=url,
            api_key=SecretStr(self.key),
            http_client=httpx2.Client(transport=self.wire, follow_redirects=False, trust_env=False),
            max_retries=0,
            streaming=self.settings.stream,
            stream_usage=self.settings.stream,
            openai_proxy="",
            use_responses_api=False,
            **options,
        )

    def abilities(self) -> Abilities:
        """What the endpoint can do, by trying. Raises AskError when it cannot even answer a strict question."""
        if self.found is not None:
            return self.found
        if self.wire.dry:
            return Abilities("tools" if self.settings.mode == "tools" else "questions")
        steady = self._probe_schema()
        mode = self.settings.mode
        if mode == "auto":
            mode = "tools" if self._can_call_tools(steady) else "questions"
        self.found = Abilities(mode, steady)
        return self.found

    def _probe_schema(self) -> bool:
        """Whether it takes a temperature of 0 with a strict schema; one refusal earns a second try without it."""
        schema = {
            "type": "object",
            "properties": {"color": {"type": "string", "enum": ["red", "green"]}},
            "required": ["color"],
            "additionalProperties": False,
        }
        form = {"type": "json_schema", "json_schema": {"name": "Probe", "schema": schema, "strict": True}}
        for steady in (True, False):
            try:
                said = self._ask_probe("advisor/probe_schema", Abilities("questions", steady), response_format=form)
            except RefusedError:
                if not steady:
                    raise
                continue
            try:
                if json.loads(said.content).get("color") in ("red", "green"):
                    return steady
            except (ValueError, TypeError, AttributeError):
                pass
            raise RefusedError("the model does not keep to a strict JSON schema")
        raise AssertionError("the loop returns or raises")

    def _can_call_tools(self, steady: bool) -> bool:
        tool = {
            "type": "function",
            "function": {
                "name": "look_up",
                "description": "Look up the number that belongs to a word.",
                "parameters": {
                    "type": "object",
                    "properties": {"word": {"type": "string"}},
                    "required": ["word"],
                },
            },
        }
        try:
            said = self._ask_probe("advisor/probe_tools", Abilities("tools", steady), tools=[tool])
        except RefusedError:
            return False
        calls = said.tool_calls
        return bool(calls) and calls[0]["name"] == "look_up" and "heron" in str(calls[0]["args"].get("word", ""))

    def _ask_probe(self, name: str, abilities: Abilities, **options: Any) -> Any:
        rendered = load_prompt(name).render({})
        asked = Asked(rendered, self.settings.model)
        token = CURRENT.set(asked)
        try:
            said = self.model(abilities, 100).invoke([("system", rendered.system), ("user", rendered.user)], **options)
            self.ledger.close(asked, "accepted", counts=False)
            return said
        except Exception as error:  # noqa: BLE001 - the client wraps in its own types whatever the wire raises
            failure = find_failure(error) or AskError(f"{type(error).__name__}: {str(error)[:200]}")
            self.ledger.close(asked, str(failure), counts=False)
            raise failure from None
        finally:
            CURRENT.reset(token)
