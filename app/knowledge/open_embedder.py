"""Open the embedder that a setting names."""

from __future__ import annotations

from app.knowledge.embedder import Embedder, NoEmbedder
from app.knowledge.model_files import find_model
from app.knowledge.sentence_transformer import SentenceTransformerEmbedder


def open_embedder(setting: str) -> Embedder:
    """The embedder for `bundled`, a model's folder, or `off`. Raises Invalid when the model may not be loaded."""
    files = find_model(setting)
    return SentenceTransformerEmbedder(files) if files else NoEmbedder()
