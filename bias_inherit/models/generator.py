"""Opening any model of the harness as a generator, by the harness's own flags."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bias_inherit.kit.errors import RunError, UsageError, with_reason
from bias_inherit.kit.screen import tell
from bias_inherit.models.embedded import EMBEDDED, NAME, embedded_model
from bias_inherit.models.gguf import gguf_model, is_gguf
from bias_inherit.models.scorer import MODEL_NAME
from bias_tasks.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from lm_eval.api.model import LM

_SECRET = ("token", "key", "password", "secret")


class ModelChoice(NamedTuple):
    """A model as `--model` and `--model_args` name it.

    Attributes:
        name: For people and records; of a folder, its last part.
        recorded: The arguments, without secrets and without places on this machine.
    """

    model: str
    args: dict[str, Any]
    name: str
    recorded: dict[str, Any]


def choose(model: str, model_args: str) -> ModelChoice:
    """Read the flags; the embedded model if `hf` is given no arguments.

    Args:
        model: A GGUF file stands for `hf` with that file.

    Raises:
        UsageError: the harness knows no such model, or the arguments name none.
        RunError: the file cannot be converted.
    """
    import lm_eval.models  # noqa: F401 - fills the registry; imports no model
    from lm_eval.api.registry import model_registry
    from lm_eval.utils import simple_parse_args_string

    if is_gguf(model):
        return _of_file(Path(model), "hf", simple_parse_args_string(model_args))
    if model not in model_registry:
        raise UsageError(f"--model: the harness knows no {model!r}{did_you_mean(model, model_registry)}")
    args: dict[str, Any] = simple_parse_args_string(model_args)
    if model == "hf" and args.get("pretrained", EMBEDDED) == EMBEDDED:
        folder = str(embedded_model(tell))
        args = {"dtype": "float32", **args, "pretrained": folder}
        return ModelChoice(model, args, NAME, {**args, "pretrained": EMBEDDED})
    if is_gguf(str(args.get("pretrained"))) and model in (MODEL_NAME, "hf"):
        return _of_file(Path(args["pretrained"]), model, args)
    place = args.get("pretrained") or args.get("model")
    if place is None:
        raise UsageError("--model_args: name the model, for example pretrained=MODEL or model=MODEL")
    name = Path(str(place)).name if Path(str(place)).is_dir() else str(place)
    recorded = {key: name if value == place else value for key, value in _shown(args).items()}
    return ModelChoice(model, args, name, recorded)


def _of_file(path: Path, model: str, args: dict[str, Any]) -> ModelChoice:
    converted = gguf_model(path, tell)
    args = {"dtype": "float32", **args, "pretrained": str(converted.folder)}
    known = {"pretrained": path.name, "gguf_sha256": converted.sha256, "gguf_licence": converted.licence}
    return ModelChoice(model, args, converted.name, {**_shown(args), **known})


def _shown(args: dict[str, Any]) -> dict[str, Any]:
    """The arguments without secrets."""
    return {key: value for key, value in args.items() if not any(word in key.lower() for word in _SECRET)}


def open_model(
    choice: ModelChoice, batch_size: int, device: str | None, for_log_likelihoods: bool = False
) -> "LM":
    """Load a model, or connect to its server.

    Args:
        for_log_likelihoods: Whether these are what it is opened for: `hf` then shares what requests have in
            common, with the same numbers.

    Raises:
        RunError: it cannot be opened.
    """
    import torch
    from lm_eval.api.registry import get_model

    from bias_inherit.models.quiet import quieten_libraries

    quieten_libraries()
    if choice.model == "hf" and device is None:
        # The harness takes a GPU for granted.
        device = "cuda" if torch.cuda.is_available() else "cpu"
    kind = get_model(choice.model)
    if for_log_likelihoods and choice.model == "hf":
        from bias_inherit.models.scorer.language_model import SteadyLM

        kind = SteadyLM
    try:
        opened: LM = kind.create_from_arg_obj(choice.args, {"batch_size": batch_size, "device": device})
    except Exception as error:  # a backend may raise anything
        raise RunError(
            f"{choice.model} {choice.name}: cannot be opened ({with_reason(error)[:300]})"
        ) from error
    return opened
