"""The files of a tokenizer, without loading it: which they are, and whether they hold a chat template."""

import json
from pathlib import Path

PATTERNS = (
    "tokenizer*",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "*.model",
    "chat_template*",
    "additional_chat_templates/*",
)
"""As transformers saves them and the hub holds them."""

TEMPLATE = "chat_template.jinja"
_CONFIG = "tokenizer_config.json"


def tokenizer_files(folder: Path) -> list[Path]:
    """Relative to the folder; none where it has no tokenizer of its own and no chat template."""
    if not (has_tokenizer(folder) or (folder / TEMPLATE).is_file()):
        return []
    found = {path for pattern in PATTERNS for path in folder.glob(pattern) if path.is_file()}
    return sorted(path.relative_to(folder) for path in found)


def has_tokenizer(folder: Path) -> bool:
    """Whether a tokenizer can be loaded from a folder."""
    return (folder / _CONFIG).is_file()


def has_chat_template(folder: Path) -> bool:
    """Whether a folder's tokenizer has a chat template, one or several."""
    if any(folder.glob("chat_template.*")) or any(folder.glob("additional_chat_templates/*")):
        return True
    try:
        config = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return False
    return bool(config.get("chat_template"))
