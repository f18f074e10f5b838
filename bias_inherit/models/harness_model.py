"""How any model of the harness is named, by the harness's own flags."""

from pydantic import BaseModel, ConfigDict


class HarnessModel(BaseModel):
    """A model as `lm_eval` opens it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, protected_namespaces=()
    )

    model: str = "hf"
    """As for lm_eval, any model of the harness (hf, vllm, local-chat-completions, ...); or a GGUF file."""
    model_args: str = ""
    """As for lm_eval. Without them, hf is the embedded model."""
    device: str | None = None
    """As for lm_eval, for example cpu or cuda:0."""
