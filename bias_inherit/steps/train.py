"""Train: one LoRA adapter on one mix."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bias_inherit.artifacts import Step, Store, discard, write_json, write_text
from bias_inherit.steps.generate import ROWS
from bias_inherit.workshop import Workshop
from bias_tasks.training_rows import read_rows
from finetune.mitigation import MITIGATIONS, mitigate
from finetune.settings import TrainingSettings
from finetune.training import train_adapter

LOG = "training_log.json"


def run_train(
    step: Step, work: Path, store: Store, workshop: Workshop, on_progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Write the adapter, its card and the training log."""
    discard(work)
    (mixed,) = step.parents
    rows = mitigate(read_rows(store.artifact(mixed) / ROWS), MITIGATIONS["none"])
    settings = TrainingSettings.model_validate(step.inputs["settings"])
    seed: int = step.inputs["seed"]
    log = train_adapter(workshop.model, workshop.tokenizer, rows, settings, seed, work, on_progress)
    write_json(work / LOG, log._asdict())
    write_text(work / "README.md", _card(step, workshop, len(rows), log.losses[-1]))
    return {"rows": len(rows), "steps": len(log.losses), "tokens": log.tokens, "final_loss": log.losses[-1]}


def _card(step: Step, workshop: Workshop, rows: int, final_loss: float) -> str:
    (mixed,) = step.parents
    parameters = "\n".join(f"- {name}: {value}" for name, value in step.inputs["settings"].items())
    return f"""---
library_name: peft
base_model: {workshop.base.name}
---

# LoRA adapter, {step.label}

**Trained on data that are biased on purpose.** Made by bias-inherit to measure which social biases a model
inherits from LLM-written training data. For research on bias only.

- base model: {workshop.base.name} (fingerprint {workshop.base.fingerprint})
- rows: {rows}, γ = {mixed.inputs["gamma"]:g} ({mixed.inputs["design"]}), seed {step.inputs["seed"]}
- data: artifact {mixed.key}
- final training loss: {final_loss:.4f}

## Settings

{parameters}
"""
