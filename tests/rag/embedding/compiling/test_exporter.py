"""A model that PyTorch cannot export is refused in words."""

from pathlib import Path

import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import T5Config, T5EncoderModel

from rag.embedding.compiling.exporter import export
from rag.embedding.folder import ModelFolder
from rag.errors import ModelError
from tests.rag.embedding.test_torch_model import WORDS, of_transformers

pytestmark = pytest.mark.model


def test_a_model_that_cannot_be_exported_is_refused_by_name(tmp_path: Path) -> None:
    config = T5Config(
        vocab_size=len(WORDS), d_model=32, d_kv=16, d_ff=32, num_layers=2, num_heads=2
    )
    T5EncoderModel(config).save_pretrained(tmp_path / "base")
    of_transformers().save_pretrained(tmp_path / "base")
    modules = [Transformer(str(tmp_path / "base"), max_seq_length=40), Pooling(32)]
    SentenceTransformer(modules=modules).save(str(tmp_path / "t5"))
    with pytest.raises(ModelError, match=r"some/t5 cannot be exported .*Choose another model"):
        export(ModelFolder("some/t5", tmp_path / "t5"), tmp_path)
