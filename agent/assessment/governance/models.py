"""Where the system calls or trains models today: a case in; imports, addresses and calls with the function around them out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.assessment.case import Case, evidence
from agent.assessment.reading import Block, Source, functions
from agent.assessment.reading.blocks import enclosing
from agent.domain.finding import Evidence

__all__ = ["ModelCall", "model_calls", "model_uses"]

_CALLS = r"openai|anthropic|langchain\w*|llama_index|litellm|cohere|mistralai|google\.generativeai|google\.genai|vertexai|ollama"
_TRAINS = r"torch|tensorflow|keras|transformers|sentence_transformers|sklearn|xgboost|lightgbm|spacy|vllm|onnxruntime"
_IMPORTS = {
    "python": re.compile(rf"(?m)^[ \t]*(?:import|from)[ \t]+({_CALLS}|{_TRAINS})\b"),
    "java": re.compile(r"(?m)^[ \t]*import[ \t]+(?:static[ \t]+)?((?:dev\.langchain4j|org\.springframework\.ai|com\.openai|com\.theokanning\.openai|com\.azure\.ai|org\.deeplearning4j|ai\.djl)\b)"),
    "javascript": re.compile(r"(?:require\(\s*|from\s+|import\s+)[\"'](openai|@anthropic-ai/sdk|langchain|@langchain/[\w-]+|ai|@ai-sdk/[\w-]+|@google/generative-ai|@google/genai|ollama|@tensorflow/[\w-]+|@huggingface/[\w-]+)[\"']"),
    "csharp": re.compile(r"(?m)^[ \t]*using[ \t]+((?:OpenAI|Azure\.AI|Microsoft\.SemanticKernel|Microsoft\.ML|Microsoft\.Extensions\.AI)\b)"),
    "php": re.compile(r"(?m)^[ \t]*use[ \t]+\\?((?:OpenAI|LLPhant|Anthropic)\b)"),
    "go": re.compile(r"[\"'](github\.com/(?:sashabaranov/go-openai|openai/openai-go|tmc/langchaingo|anthropics/anthropic-sdk-go)[\w/.-]*)[\"']"),
    "ruby": re.compile(r"(?m)^[ \t]*require[ \t]+[\"'](openai|ruby_llm|anthropic|langchain)[\"']"),
}  # fmt: skip
_IMPORTS["typescript"] = _IMPORTS["javascript"]

# Providers and servers of models that are asked over HTTP, whatever the client.
_ADDRESS = re.compile(
    r"(?i)\b(api\.openai\.com|[\w-]+\.openai\.azure\.com|api\.anthropic\.com|generativelanguage\.googleapis\.com|[\w-]*aiplatform\.googleapis\.com|"
    r"bedrock-runtime|api\.mistral\.ai|api\.cohere\.(?:ai|com)|api-inference\.huggingface\.co|router\.huggingface\.co|openrouter\.ai|api\.groq\.com|"
    r"api\.together\.xyz|api\.deepseek\.com|(?:localhost|127\.0\.0\.1):11434|/v1/(?:chat/)?completions\b|/v1/embeddings\b)"
)
# Calls that mean a model in a file which imports a library of models.
_CALL = re.compile(
    r"\.(?:completions|responses|messages|embeddings|images|moderations|transcriptions|speech)\.(?:create|stream|parse)\s*\(|"
    r"\.(?:create_?[cC]hat_?[cC]ompletion|generate_?[cC]ontent\w*|generate|invoke|ainvoke|predict\w*|embed\w*|complete|completion|chat)\s*\(|"
    r"\b(?:generateText|streamText|generateObject|ChatCompletion\.create|litellm\.completion|pipeline|from_pretrained)\s*\(|"
    r"\b[A-Z]\w*(?:ChatModel|LanguageModel|EmbeddingModel|ChatClient)\s*\.\s*(?:builder|withApiKey)\s*\("
)
_TRAINED = re.compile(r"\.(?:backward|fit|fit_transform|train)\s*\(|\bTrainer\s*\(")


@dataclass(frozen=True)
class ModelCall:
    """A place where a model is asked. ``block`` is the function around it, None at the top of a file."""

    source: Source
    offset: int
    text: str
    block: Block | None


def model_uses(case: Case) -> list[Evidence]:
    """Imports of libraries that call or train models and addresses of providers, one a file and name."""
    found: dict[tuple[str, str], Evidence] = {}
    for source in case.sources:
        if source.role != "code":
            continue
        pattern = _IMPORTS.get(source.language)
        for m in pattern.finditer(source.plain) if pattern is not None else ():
            found.setdefault(
                (source.path, m.group(1)), evidence(source.path, source.line(m.start(1)), f"uses {m.group(1)}")
            )
        for at, name in _addresses(source):
            found.setdefault((source.path, name), evidence(source.path, source.line(at), f"asks {name}"))
    return [found[key] for key in sorted(found)]


def model_calls(case: Case) -> list[ModelCall]:
    """Where models are asked, by path and place; training is not asking."""
    found: list[ModelCall] = []
    for source in case.sources:
        if source.role != "code":
            continue
        places = dict(_addresses(source))
        pattern = _IMPORTS.get(source.language)
        if pattern is not None and pattern.search(source.plain):
            for m in _CALL.finditer(source.code):
                places.setdefault(m.start(), m.group().strip(" .(")[:40])
        if places:
            blocks = functions(source)
            found += [ModelCall(source, at, f"asks {places[at]}", enclosing(blocks, at)) for at in sorted(places)]
    return found


def trains(source: Source) -> bool:
    """Whether a file of a library of models trains one."""
    pattern = _IMPORTS.get(source.language)
    return pattern is not None and bool(pattern.search(source.plain)) and bool(_TRAINED.search(source.code))


def _addresses(source: Source) -> Iterator[tuple[int, str]]:
    for a, b in source.strings:
        if 8 < b - a < 400:
            m = _ADDRESS.search(source.text, a, b)
            if m:
                yield a, m.group(1).lower()
