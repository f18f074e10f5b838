"""From a GGUF file to a checkpoint as transformers saves it, in float32.

Transformers reads the weights. What it does not read it does not miss: weights of the model that the file
lacks are left random, tensors and settings that it has no place for are dropped, and all it leaves is a
warning. So the result is held against the file, and refused where the two do not agree.
"""

from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from gguf import GGUFReader, dequantize

from bias_inherit.kit.errors import RunError, with_reason
from bias_inherit.models.gguf.header import Header
from bias_inherit.models.gguf.rope import FREQUENCIES, stretched
from bias_inherit.models.gguf.settings_check import unread_settings
from bias_inherit.models.gguf.splitting import cut_as, split_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_REMEDY = "use the model's own checkpoint (safetensors)"


def convert(path: Path, header: Header, name: str, folder: Path) -> None:
    """Write weights, config, tokenizer and chat template.

    Args:
        name: Of the model, for its config.
        folder: To be made.

    Raises:
        RunError: transformers cannot read the file, or would make another model of it.
    """
    from transformers import AutoConfig, AutoTokenizer

    try:
        # Alone in a folder: configs and tokenizers that lie beside the file would have a say as well.
        with TemporaryDirectory() as alone:
            source = {"pretrained_model_name_or_path": alone, "gguf_file": "model.gguf"}
            (Path(alone) / source["gguf_file"]).symlink_to(path.resolve())
            tokenizer = AutoTokenizer.from_pretrained(**source)
            config = AutoConfig.from_pretrained(**source)
            model = _model(path, header, config, source)
    except RunError:
        raise
    except Exception as error:  # transformers raises whatever the file makes it stumble over
        raise RunError(
            f"{path}: transformers {version('transformers')} cannot read it ({with_reason(error)[:300]}); "
            f"{_REMEDY}"
        ) from error
    if splitting := split_of(path, header):
        cut_as(tokenizer, splitting, header)
    _save(model, tokenizer, name, folder)


def _model(path: Path, header: Header, config: Any, source: dict[str, str]) -> "PreTrainedModel":
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    if config.model_type not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        raise RunError(f"{path}: {header.architecture} is no causal language model")
    _stretch(path, header, config)
    if unread := ", ".join(unread_settings(header, config)):
        raise RunError(f"{path}: transformers {version('transformers')} does not read {unread}; {_REMEDY}")
    model, info = AutoModelForCausalLM.from_pretrained(
        **source, config=config, dtype=torch.float32, output_loading_info=True
    )
    if missing := sorted(info["missing_keys"]):
        raise RunError(f"{path} lacks {_first_of(missing)}, which a {config.model_type} has")
    _check_all_is_used(path, header, model)
    return model


def _stretch(path: Path, header: Header, config: Any) -> None:
    """Positions as the file's own numbers scale them."""
    if all(tensor.name != FREQUENCIES for tensor in header.tensors):
        return
    (numbers,) = (tensor for tensor in GGUFReader(path).tensors if tensor.name == FREQUENCIES)
    divisors = dequantize(numbers.data, numbers.tensor_type)
    settings = stretched(divisors, float(config.rope_parameters["rope_theta"]))
    if settings is None:
        raise RunError(
            f"{path}: transformers has no setting for how positions are scaled ({FREQUENCIES}); {_REMEDY}"
        )
    config.rope_parameters = settings


def _check_all_is_used(path: Path, header: Header, model: "PreTrainedModel") -> None:
    there = sum(tensor.numbers for tensor in header.tensors if tensor.name != FREQUENCIES)
    taken = sum(weights.numel() for weights in model.parameters())
    if there != taken:
        raise RunError(
            f"{path} holds {there:,} numbers, and transformers' {type(model).__name__} has {taken:,}: it "
            f"would be another model; {_REMEDY}"
        )


def _first_of(names: list[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}"


def _save(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", name: str, folder: Path) -> None:
    # The weights were unpacked on loading; what still says otherwise would forbid saving them.
    model.hf_quantizer = None
    del model.config.quantization_config
    model.config._name_or_path = name
    # With HF_HUB_OFFLINE it would be true: the same model, and another fingerprint.
    tokenizer.init_kwargs["local_files_only"] = False
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
