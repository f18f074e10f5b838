"""Making the model known to plain `lm_eval` on this machine.

The harness has no plug-ins for models and imports nothing of ours before it looks a model up by name. Its
documented way to add one is an entry in `MODEL_MAPPING` of `lm_eval/models/__init__.py`: a name, and a
module to be imported when somebody asks for that name. So one line is added there, and taken away again.
"""

import os
import shutil
from pathlib import Path

from bias_inherit.harness.register_tasks import harness_folder
from bias_inherit.kit.errors import RunError
from bias_inherit.models.scorer import MODEL_CLASS, MODEL_NAME

_OPENING = "MODEL_MAPPING = {\n"
_ENTRY = f'    "{MODEL_NAME}": "{MODEL_CLASS}",  # bias-inherit register --with-model\n'
_OTHER_WAY = "use python -m bias_inherit.scorer in place of lm_eval"


def register_model() -> Path:
    """Add the entry, in place of one from an earlier registration; returns the changed file.

    Raises:
        RunError: the harness's list of models is not where it was, or cannot be written.
    """
    file = harness_folder() / "models" / "__init__.py"
    text = _without_entry(file.read_text(encoding="utf-8"))
    if text.count(_OPENING) != 1:
        raise RunError(f"{file} has no MODEL_MAPPING to add a model to; {_OTHER_WAY}")
    _replace(file, text.replace(_OPENING, _OPENING + _ENTRY))
    return file


def unregister_model() -> bool:
    """Take the entry out again; returns whether there was one.

    Raises:
        RunError: the harness's list of models cannot be written.
    """
    file = harness_folder() / "models" / "__init__.py"
    text = file.read_text(encoding="utf-8")
    if text == (without := _without_entry(text)):
        return False
    _replace(file, without)
    return True


def _without_entry(text: str) -> str:
    start = f'    "{MODEL_NAME}": '
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(start))


def _replace(file: Path, text: str) -> None:
    # A new file, not the old one written over: package managers link one copy into several environments.
    beside = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        shutil.copymode(file, beside)
        beside.replace(file)
    except PermissionError as error:
        raise RunError(f"{file} cannot be written; {_OTHER_WAY}") from error
    finally:
        beside.unlink(missing_ok=True)
