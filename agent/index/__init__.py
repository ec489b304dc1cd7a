"""The dependency graph as searchable documents, and the answers that are found among them."""

from __future__ import annotations

from agent.index.answers import Hit, answer_json, answer_text, hits_for

__all__ = ["Hit", "answer_json", "answer_text", "hits_for"]
