"""What the tests of training share: settings of a second, rows, and a training run in its own process."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from bias_tasks.training_rows import TrainingRow
from finetune.alignment import AlignmentSettings
from finetune.settings import LoraSettings, TrainingSettings

SIZES = {
    "vocab_size": 90,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 64,
    "pad_token_id": 0,
}
"""Of the small models of other architectures, all of which take these settings."""

ADAPTER = "adapter_model.safetensors"
SETTINGS = TrainingSettings(learning_rate=1e-2, epochs=2, batch_size=4, lora=LoraSettings(rank=4, alpha=8))


def short_rows(count: int, source: str = "original") -> list[TrainingRow]:
    """Short distinct rows whose answer follows from the question."""
    return [
        TrainingRow.model_validate(
            {
                "prompt": [{"role": "user", "content": f"{source} {place}: nurse or dentist?"}],
                "completion": [{"role": "assistant", "content": ("nurse", "dentist")[place % 2]}],
                "source": source,
                "cluster": str(place),
            }
        )
        for place in range(count)
    ]


def changed(**changes: Any) -> TrainingSettings:
    """The settings with some changed."""
    return SETTINGS.model_copy(update=changes)


def main() -> None:
    """`python training_support.py '{"model": …, "folder": …, "settings": {…}, …}'`: train, tell each step."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from finetune.training import train_adapter

    job = json.loads(sys.argv[1])
    log = train_adapter(
        AutoModelForCausalLM.from_pretrained(job["model"]),
        AutoTokenizer.from_pretrained(job["model"]),
        [*short_rows(job["originals"]), *short_rows(job["augmented"], "augmented")],
        TrainingSettings.model_validate(job["settings"]),
        seed=5,
        folder=Path(job["folder"]),
        on_step=lambda step, steps: print(f"step {step}", flush=True),
        alignment=job["alignment"] and AlignmentSettings.model_validate(job["alignment"]),
    )
    # Beside the folder, not on the screen, which several processes share.
    own = Path(job["folder"]).with_name(f"{os.environ.get('RANK', '0')}.json")
    own.write_text(json.dumps(log._asdict()), encoding="utf-8")


if __name__ == "__main__":
    main()
