"""Task files and configs for the tests of `validate`, and asking it about them."""

import textwrap
from pathlib import Path

from bias_inherit.validation import Finding, validate

GOOD_TASK = """
    task: weather
    custom_dataset: !function weather.load
    test_split: test
    output_type: multiple_choice
    doc_to_text: question
    doc_to_choice: [dry, wet]
    doc_to_target: answer
    process_results: !function weather.process_results
    metric_list:
      - {metric: right, aggregation: mean, higher_is_better: true}
"""
MODULE = """
    import datasets

    def load(**_):
        rows = [{"question": f"Day {day}?", "answer": day % 2} for day in range(5)]
        return {"test": datasets.Dataset.from_list(rows)}

    def process_results(doc, results):
        return {"right": float(doc["answer"] == 0)}
"""
GOOD_CONFIG = """
    model: hf
    model_args: {pretrained: some/model}
    tasks: [bias_inherit]
    batch_size: 4
    output_path: results
    log_samples: true
"""
GOOD_EXPERIMENT = """
    name: mine
    generate: {bias_types: [1]}
    mix: {gammas: [0.5]}
    finetune: {learning_rate: 1.0e-4}
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def check(*paths: Path) -> list[Finding]:
    return list(validate(paths, notify=lambda _: None))


def failure(*paths: Path) -> str:
    """What the only failure says."""
    (detail,) = [finding.detail for finding in check(*paths) if finding.status == "failed"]
    return detail
