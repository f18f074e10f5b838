"""The plan: an experiment as a graph of steps, each keyed by what decides its result."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import augment
import bias_tasks
import finetune.originals
from augment.bias_types import BIAS_TYPES
from augment.corpus import shipped
from bias_inherit.artifacts import Step, file_hash
from bias_inherit.base import Base
from bias_inherit.errors import UsageError
from bias_inherit.experiment import Experiment
from bias_tasks.training_rows import read_rows, short_hash
from finetune.mixing import counts
from finetune.originals import SHIPPED, DomainName

_DATA_SUFFIXES = {".yaml", ".jinja", ".jsonl"}


class Model(NamedTuple):
    """One scored model of the experiment.

    Attributes:
        label: What the report calls it.
        score: Its scoring step.
        train: Its training step; None for the untouched base.
        bias_types: The types pooled in its augmented set; none for the base and for γ = 0.
        gamma: None for the base.
    """

    label: str
    score: Step
    train: Step | None
    seed: int
    bias_types: tuple[int, ...]
    gamma: float | None


class Plan(NamedTuple):
    """All steps of an experiment, parents before children, the models that they score, and the audits."""

    steps: tuple[Step, ...]
    models: tuple[Model, ...]
    audits: tuple[Step, ...]

    def reference(self, seed: int) -> Model:
        """The model of γ = 0 with a seed: what every other is compared with."""
        return next(model for model in self.models if model.gamma == 0 and model.seed == seed)


def build(experiment: Experiment, base: Base) -> Plan:
    """The steps of an experiment.

    Raises:
        UsageError: a γ cannot be had from the originals, or a file of originals is missing.
    """
    builder = _Builder(experiment, base)
    models, audits = tuple(builder.models()), tuple(builder.audits())
    steps: dict[str, Step] = {}
    for last in (*audits, *(model.score for model in models)):
        for step in _ancestry(last):
            steps.setdefault(step.key, step)
    return Plan(tuple(steps.values()), models, audits)


def _ancestry(step: Step) -> Iterator[Step]:
    for parent in step.parents:
        yield from _ancestry(parent)
    yield step


class _Builder:
    """Makes the steps of one experiment; the inputs of each say all that decides its result."""

    def __init__(self, experiment: Experiment, base: Base) -> None:
        self.experiment = experiment
        self.base = {"name": base.name, "fingerprint": base.fingerprint, "dtype": experiment.model.dtype}
        self.originals = _originals(experiment.domain, experiment.data.originals)

    def models(self) -> Iterator[Model]:
        yield Model("base", self._score("base", ()), None, self.experiment.seeds[0], (), None)
        for seed in self.experiment.seeds:
            for gamma in self.experiment.mix.gammas:
                for bias_types in self.experiment.generate.bias_types if gamma else ((),):
                    yield self._fine_tuned(gamma, bias_types, seed)

    def audits(self) -> Iterator[Step]:
        """Of the sets that the mixes draw from, and of the base."""
        audit, seeds = self.experiment.audit, self.experiment.seeds
        mixes = max(self.experiment.mix.gammas) > 0
        for seed in seeds if audit.distribution and mixes else ():
            sets = [
                self._generate(one, len(pooled), seed)
                for pooled in self.experiment.generate.bias_types
                for one in pooled
            ]
            yield Step(
                "distribution",
                f"distribution of texts{self._of_seed(seed)}",
                {"base": self.base, "originals": self.originals, "seed": seed},
                tuple({step.key: step for step in sets}.values()),
            )
        if audit.opinions is not None:
            asked = {
                "opinions": _opinions(audit.opinions),
                "questions": audit.questions,
                "chat_template": self.experiment.generate.chat_template,
                "seed": self.experiment.seeds[0],
            }
            yield Step("values", "values of the base", {"base": self.base, **asked})

    def _fine_tuned(self, gamma: float, bias_types: tuple[int, ...], seed: int) -> Model:
        types = f"type{'s' if len(bias_types) > 1 else ''} {'+'.join(map(str, bias_types))}"
        cell = f"{types}, γ = {gamma:g}" if bias_types else "γ = 0"
        label = f"{cell}{self._of_seed(seed)}"
        parents = tuple(self._generate(bias_type, len(bias_types), seed) for bias_type in bias_types)
        mixed = Step(
            "mix",
            label,
            {
                "originals": self.originals,
                "gamma": gamma,
                "design": self.experiment.mix.design,
                "seed": seed,
            },
            parents,
        )
        trained = Step(
            "train",
            label,
            {"base": self.base, "settings": self.experiment.finetune.model_dump(mode="json"), "seed": seed},
            (mixed,),
        )
        return Model(label, self._score(label, (trained,)), trained, seed, bias_types, gamma)

    def _generate(self, bias_type: int, pooled: int, seed: int) -> Step:
        """One type's share of a set that pools so many types, large enough for the largest γ.

        Raises:
            UsageError: more rows are needed than ship.
        """
        label = f"bias type {bias_type}{self._of_seed(seed)}"
        settings = self.experiment.generate.model_dump(mode="json", exclude={"bias_types", "shipped"})
        wanted = counts(
            self.originals["rows"], max(self.experiment.mix.gammas), self.experiment.mix.design
        ).augmented
        rows = -(-wanted // pooled)
        if self.experiment.generate.shipped:
            return Step("generate", label, _shipped(self.experiment.domain, bias_type, rows))
        return Step(
            "generate",
            label,
            {
                "base": self.base,
                "domain": self.experiment.domain,
                "bias_type": bias_type,
                "rows": rows,
                "settings": settings,
                "seed": seed,
                "prompts": _package_hash(augment, "templates"),
                "population": _package_hash(bias_tasks, "population.yaml"),
                "survey": _package_hash(bias_tasks, "survey"),
            },
        )

    def _of_seed(self, seed: int) -> str:
        return f", seed {seed}" if len(self.experiment.seeds) > 1 else ""

    def _score(self, label: str, parents: tuple[Step, ...]) -> Step:
        score = self.experiment.score
        return Step(
            "score",
            label,
            {
                "base": self.base,
                "tasks": {task: score.limit_of(task) for task in score.tasks},
                "batch_size": score.batch_size,
                "chat_template": score.chat_template,
                "data": _package_hash(bias_tasks, "."),
            },
            parents,
        )


def _originals(domain: DomainName, chosen: int | str | None) -> dict[str, Any]:
    """What identifies the original rows, and how many there are.

    Raises:
        UsageError: the file is missing or holds no good rows.
    """
    maximum = SHIPPED[domain].maximum
    if not isinstance(chosen, str):
        if (chosen or 0) > maximum:
            raise UsageError(f"data.originals: {chosen} asked for; the package ships {maximum}")
        authored = {"gender": (finetune.originals, "gender"), "culture": (bias_tasks, "survey")}
        return {
            "shipped": _package_hash(*authored[domain]),
            "rows": chosen or maximum,
            "population": _package_hash(bias_tasks, "population.yaml"),
        }
    rows = read_rows(Path(chosen))
    return {"rows": len(rows), "hash": short_hash([row.text_id for row in rows])}


def _shipped(domain: DomainName, bias_type: int, rows: int) -> dict[str, Any]:
    """What identifies the beginning of a set that ships.

    Raises:
        UsageError: the set is smaller.
    """
    there = shipped(domain, BIAS_TYPES[bias_type])
    if rows > len(there.rows):
        raise UsageError(
            f"generate.shipped: {rows} rows of bias type {bias_type} are needed for the largest γ and "
            f"{len(there.rows)} ship; ask for fewer originals or a smaller γ, or let the model write"
        )
    return {
        "domain": domain,
        "bias_type": bias_type,
        "rows": rows,
        "shipped": short_hash([row.text_id for row in there.rows[:rows]]),
    }


def _opinions(source: str) -> str:
    """What identifies people's answers: the hash of a file, or the hub's name.

    Raises:
        UsageError: there is no such file, and a hub id it is not.
    """
    file = Path(source)
    if file.is_file():
        return file_hash(file)
    if file.suffix or source.count("/") != 1:
        raise UsageError(f"audit.opinions: {source}: no such file; expected .jsonl, .csv or a hub id")
    return source


@cache
def _package_hash(package: ModuleType, name: str) -> str:
    """Hash over the data files of a package, one file or a folder of them."""
    root = Path(str(package.__file__)).parent
    chosen = root / name
    files = [chosen] if chosen.is_file() else sorted(chosen.rglob("*"))
    data = [path for path in files if path.suffix in _DATA_SUFFIXES or path.name.endswith("_yaml")]
    return short_hash([[path.relative_to(root).as_posix(), file_hash(path)] for path in data])
