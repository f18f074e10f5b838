"""One adapter as a plain script makes it with TRL: what `experiment.py` sets the experiment runner beside.

python benchmarks/train_with_trl.py MODEL ROWS.jsonl ADAPTER
"""

import json
import sys
from pathlib import Path

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

from finetune.settings import preset


def main(model: str, rows: Path, adapter: Path) -> None:
    """Train with the values of the preset `embedded`."""
    settings = preset("embedded")
    torch.manual_seed(0)
    lines = [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()]
    trainer = SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(model, dtype="float32"),
        processing_class=AutoTokenizer.from_pretrained(model),
        train_dataset=Dataset.from_list(
            [{"prompt": line["prompt"], "completion": line["completion"]} for line in lines]
        ),
        peft_config=LoraConfig(
            r=settings.lora.rank,
            lora_alpha=settings.lora.alpha,
            target_modules=settings.lora.targets,
            task_type="CAUSAL_LM",
        ),
        args=SFTConfig(
            output_dir=str(adapter.with_suffix(".work")),
            learning_rate=settings.learning_rate,
            num_train_epochs=settings.epochs,
            per_device_train_batch_size=settings.batch_size,
            lr_scheduler_type=settings.schedule,
            max_length=settings.max_length,
            # TRL's default saves memory and takes longer; without it the script is at its fastest.
            gradient_checkpointing=False,
            bf16=False,
            use_cpu=True,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
        ),
    )
    trainer.train()
    trainer.save_model(str(adapter))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
