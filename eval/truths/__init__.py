"""Edges that other tools or people say are there, and a plain reader's answer to the same question."""
