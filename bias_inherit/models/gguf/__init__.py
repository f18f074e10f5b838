"""GGUF files as models: looked at, converted once into an ordinary checkpoint, and kept."""

from bias_inherit.models.gguf.model import GgufModel, gguf_model, is_gguf, kept_folder, looked_at

__all__ = ["GgufModel", "gguf_model", "is_gguf", "kept_folder", "looked_at"]
