"""Where the system calls or trains models today: a case in, the imports out."""

from __future__ import annotations

import re

from agent.assessment.case import Case, evidence
from agent.domain.finding import Evidence

__all__ = ["model_uses"]

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


def model_uses(case: Case) -> list[Evidence]:
    """Imports of libraries that call or train models, one a file and library."""
    found: dict[tuple[str, str], Evidence] = {}
    for source in case.sources:
        pattern = _IMPORTS.get(source.language)
        if pattern is None or source.role != "code":
            continue
        for m in pattern.finditer(source.plain):
            found.setdefault(
                (source.path, m.group(1)), evidence(source.path, source.line(m.start(1)), f"uses {m.group(1)}")
            )
    return [found[key] for key in sorted(found)]
