"""Refactor patches: recipes read the code as it stands and propose small changes; model edits go the same way."""
