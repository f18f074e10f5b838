#!/usr/bin/env bash
# lm-eval scores an answer with 1.0 where the task's own metric says 0.4, as soon as the reference answers come as a list.
#
# Expected by most: a graded metric (words in common, say) over several reference answers is the best of its values, as in SQuAD. Seen
# with lm-eval 0.4.13, in tasks of generate_until whose doc_to_target is a list, be it of one answer: whatever the metric returns is
# recorded as 1.0 unless it is 0. And if exact_match stands before it in metric_list, the metric is handed a list of copies of the
# response instead of the response: the order of two metrics changes the score. No warning of either.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet lm-eval==0.4.13 datasets==5.2.0
HF_HUB_OFFLINE=1 HF_DATASETS_CACHE="$folder/data" \
  "$folder/venv/bin/python" - "$folder" 2> "$folder/chatter" <<'PYTHON' || { cat "$folder/chatter"; exit 1; }
import json
import sys
from pathlib import Path

import lm_eval
from lm_eval.api.model import LM
from lm_eval.tasks import TaskManager

given = []


class OneAnswer(LM):
    def generate_until(self, requests, **_):
        return ["Paris" for _ in requests]

    def loglikelihood(self, requests, **_):
        raise NotImplementedError

    loglikelihood_rolling = loglikelihood


def words_in_common(references, predictions):
    given.append(predictions[0])
    wanted, said = str(references[0]).split(), str(predictions[0]).split()
    common = len(set(wanted) & set(said))
    return 2 * common / (len(wanted) + len(said))


common = {"metric": words_in_common, "aggregation": "mean", "higher_is_better": True}
exact = {"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}


def score(name, answer, metrics):
    rows = Path(sys.argv[1], name + ".jsonl")
    rows.write_text(json.dumps({"question": "Where does she live?", "answer": answer}) + "\n", encoding="utf-8")
    task = {
        "task": name,
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(rows)}},
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": "question",
        "doc_to_target": "answer",
        "generation_kwargs": {"until": ["\n"]},
        "metric_list": metrics,
    }
    given.clear()
    run = lm_eval.simple_evaluate(
        model=OneAnswer(), tasks=[task], bootstrap_iters=0, task_manager=TaskManager(include_defaults=False)
    )
    value = float(run["results"][name]["words_in_common,none"])
    order = [entry["metric"] if isinstance(entry["metric"], str) else "words_in_common" for entry in metrics]
    print(f"reference {answer!r}, metrics {order}: words_in_common {value}; it was given {given[0]!r}")
    return value


single = score("single", "the city of Paris", [common])
swapped = score("single_swapped", "the city of Paris", [exact, common])
listed = score("listed", ["the city of Paris"], [common])
several = score("several", ["the city of Paris", "somewhere else"], [common, exact])
after = score("after", ["the city of Paris", "somewhere else"], [exact, common])
if (single, swapped, listed, several, after) != (0.4, 0.4, 1.0, 1.0, 0.0):
    sys.exit("changed")
PYTHON
