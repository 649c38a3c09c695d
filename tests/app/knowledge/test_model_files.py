"""Only weights that cannot run code are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Invalid
from app.knowledge.embedder import NoEmbedder
from app.knowledge.model_files import BUNDLED_SHA256, PICKLES, find_model
from app.knowledge.open_embedder import open_embedder


def test_the_bundled_model_is_there():
    files = find_model("bundled")
    assert files is not None
    assert files.sha256 == BUNDLED_SHA256


def test_off_needs_no_model():
    assert find_model("off") is None
    assert isinstance(open_embedder("off"), NoEmbedder)


def test_a_folder_without_safetensors_is_refused(tmp_path: Path):
    with pytest.raises(Invalid, match=r"model\.safetensors"):
        find_model(str(tmp_path))


@pytest.mark.parametrize("suffix", sorted(PICKLES))
def test_a_folder_with_weights_that_could_run_code_is_refused(tmp_path: Path, suffix: str):
    (tmp_path / "model.safetensors").touch()
    assert find_model(str(tmp_path)) is not None
    (tmp_path / "2_Dense").mkdir()
    (tmp_path / "2_Dense" / f"pytorch_model{suffix}").touch()
    with pytest.raises(Invalid, match="could run code"):
        find_model(str(tmp_path))
