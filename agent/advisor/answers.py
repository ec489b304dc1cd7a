"""The types of answers: pydantic models with enums and length limits, made for one question from what may be cited or chosen.

Their JSON schemas are what the endpoint is held to. ``cites`` are handles of evidence (``E3``), never places: a place
that does not exist cannot be cited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

__all__ = ["ANSWERS", "Cited", "answer_type", "schema_of"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cited(_Strict):
    """One sentence and the handles of what it rests on."""

    text: str
    cites: list[str]


def _cited(handles: Sequence[str] | None, fewest: int = 1) -> Any:
    one = Literal[tuple(handles)] if handles else Annotated[str, Field(pattern=r"^E[1-9][0-9]{0,3}$")]
    fields: dict[str, Any] = {
        "text": (Annotated[str, Field(min_length=10, max_length=240)], ...),
        "cites": (Annotated[list[one], Field(min_length=fewest, max_length=4)], ...),  # type: ignore[valid-type]
    }
    return create_model("Cited", __base__=Cited, **fields)


def _some(kind: Any, fewest: int, most: int) -> Any:
    return (Annotated[list[kind], Field(min_length=fewest, max_length=most)], ...)


def _description(cited: Any, choices: Mapping[str, Sequence[str]], free: Any) -> dict[str, Any]:
    del choices, free
    return {
        "name": (Annotated[str, Field(min_length=3, max_length=30, pattern=r"^[a-z][a-z0-9-]{2,29}$")], ...),
        "title": (
            Annotated[str, Field(min_length=3, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ,&()'-]{2,59}$")],
            ...,
        ),
        "sentences": _some(cited, 1, 3),
    }


def _placement(cited: Any, choices: Mapping[str, Sequence[str]], free: Any) -> dict[str, Any]:
    del free
    return {"why": (cited, ...), "home": (Literal[tuple(choices["home"])], ...)}


def _verdict(cited: Any, choices: Mapping[str, Sequence[str]], free: Any) -> dict[str, Any]:
    del free
    return {
        "why": (cited, ...),
        "verdict": (Literal[tuple(choices["verdict"])], ...),
        "neighbour": (Literal[tuple(choices["neighbour"])], ...),
    }


def _rationale(cited: Any, choices: Mapping[str, Sequence[str]], free: Any) -> dict[str, Any]:
    del choices, free
    return {"sentences": _some(cited, 1, 3)}


def _decision(cited: Any, choices: Mapping[str, Sequence[str]], free: Any) -> dict[str, Any]:
    del choices, free
    return {
        "context": _some(cited, 1, 2),
        "decision": _some(cited, 1, 2),
        "consequences": _some(cited, 1, 3),
    }


def _relation(cited: Any, choices: Mapping[str, Sequence[str]], free: Any) -> dict[str, Any]:
    del free
    return {
        "why": (cited, ...),
        "relation": (Literal[tuple(choices["relation"])], ...),
        "style": (Literal[tuple(choices["style"])], ...),
    }


def _questions(cited: Any, choices: Mapping[str, Sequence[str]], free: Any) -> dict[str, Any]:
    del cited, choices
    return {"questions": _some(free, 1, 5)}


def _reply(cited: Any, choices: Mapping[str, Sequence[str]], free: Any) -> dict[str, Any]:
    del choices, free
    return {"found": (bool, ...), "sentences": _some(cited, 0, 5)}


ANSWERS = {
    "Description": _description,
    "Placement": _placement,
    "Verdict": _verdict,
    "Rationale": _rationale,
    "Decision": _decision,
    "Relation": _relation,
    "Questions": _questions,
    "Reply": _reply,
}


def answer_type(
    name: str, handles: Sequence[str] | None, choices: Mapping[str, Sequence[str]] | None = None
) -> type[BaseModel]:
    """The type of that name; ``handles`` None when they are not known before (tools find more), then any is well-formed."""
    fields = ANSWERS[name](_cited(handles), choices or {}, _cited(handles, fewest=0))
    made: type[BaseModel] = create_model(name, __base__=_Strict, **fields)
    return made


def schema_of(answer: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema with references resolved, since small servers do not all follow them."""
    schema = answer.model_json_schema()
    definitions = schema.pop("$defs", {})

    def resolve(value: Any) -> Any:
        if isinstance(value, dict):
            if "$ref" in value:
                return resolve(definitions[value["$ref"].rpartition("/")[2]])
            return {k: resolve(v) for k, v in value.items() if k not in ("title", "description") or isinstance(v, dict)}
        return [resolve(item) for item in value] if isinstance(value, list) else value

    resolved: dict[str, Any] = resolve(schema)
    return resolved
