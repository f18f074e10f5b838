"""The plan of an experiment: which models it trains, and the steps that lead to each."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import augment
import bias_tasks
from augment.bias_types import BIAS_TYPES, BiasType
from augment.elicitation import effective
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.generate import GenerateSection, PlantedSection
from bias_inherit.engine.planning.blocks import in_blocks
from bias_inherit.engine.planning.cells import rounds_of
from bias_inherit.engine.planning.keys import (
    lexicon_identity,
    opinions_identity,
    originals_identity,
    own_identity,
    package_hash,
    shipped_identity,
)
from bias_inherit.engine.planning.plan import Model, Plan, Planted, ancestry, data_label
from bias_inherit.engine.planning.planting import is_planned, planted_identity
from bias_inherit.engine.planning.scoring import scoring
from bias_inherit.engine.planning.sentence_present import with_second_scorings
from bias_inherit.engine.stages import DISTRIBUTION, GENERATE, MIX, PLANT, TRAIN, VALUES
from bias_inherit.engine.step import Step
from bias_inherit.models.base_model import Base, LoadableModel
from finetune.mitigations import MitigationSettings
from finetune.mixing import counts


def plan_experiment(experiment: Experiment, base: Base) -> Plan:
    """The steps of an experiment.

    Raises:
        UsageError: a γ cannot be had from the originals, or a file of originals is missing.
    """
    builder = _Builder(experiment, base)
    whole = tuple(builder.models())
    audits = tuple(builder.audits(whole))
    scored = with_second_scorings(whole, experiment)
    models = in_blocks(scored, experiment.score, experiment.headline)
    steps = {step.key: step for last in (*audits, *(m.score for m in models)) for step in ancestry(last)}
    return Plan(tuple(steps.values()), models, audits)


class _Cell(NamedTuple):
    """What is varied."""

    gamma: float
    bias_types: tuple[int, ...]
    mitigation: MitigationSettings
    seed: int
    planted: Planted | None = None

    @property
    def mix_label(self) -> str:
        """Augmented rows and γ."""
        if not self.gamma:
            return "γ = 0"
        return f"{data_label(self.bias_types, self.planted)}, γ = {self.gamma:g}"

    @property
    def label(self) -> str:
        """The mix and the mitigation, if there is one."""
        return self.mix_label + (f", {self.mitigation.label}" if self.mitigation.label != "none" else "")


class _Builder:
    """Makes the steps of one experiment; the inputs of each say all that decides its result."""

    def __init__(self, experiment: Experiment, base: Base) -> None:
        self.experiment = experiment
        self.base = LoadableModel(base, experiment.model).identity
        self.originals = originals_identity(experiment.domain, experiment.data.originals)

    def models(self) -> Iterator[Model]:
        """The base, γ = 0 of each seed, and every mix with every mitigation in every round."""
        yield Model("base", self._score("base"), None, self.experiment.seeds[0])
        for seed in self.experiment.seeds:
            for gamma in self.experiment.mix.gammas:
                if not gamma:
                    yield self._fine_tuned(_Cell(0.0, (), MitigationSettings(), seed), 1, None)
                    continue
                for bias_types, planted in self._sets():
                    for mitigation in self.experiment.mitigate.settings():
                        yield from self._rounds(_Cell(gamma, bias_types, mitigation, seed, planted))

    def _sets(self) -> Iterator[tuple[tuple[int, ...], Planted | None]]:
        """Bias types of each augmented set, or what is planted in it; neither of rows of one's own."""
        generate = self.experiment.generate
        if generate is None:
            yield (), None
            return
        for bias_types in generate.bias_types:
            yield bias_types, None
        if generate.planted:
            for rate in generate.planted.rates:
                yield (), Planted(generate.planted.rule, rate)

    def _rounds_of(self, cell: _Cell) -> int:
        """How many a cell has; none if it is not trained. Of planted rows there is one."""
        section = self.experiment.generate.planted if self.experiment.generate else None
        most = rounds_of(self.experiment, cell.gamma, cell.bias_types, cell.planted, cell.mitigation)
        if section is None or cell.planted is None:
            return most
        is_first = cell.mitigation == self.experiment.mitigate.settings()[0]
        planned = is_planned(section, cell.planted.rate, cell.gamma == self._largest_gamma, is_first)
        return min(most, 1) if planned else 0

    @property
    def _largest_gamma(self) -> float:
        return max(self.experiment.mix.gammas)

    def audits(self, models: Sequence[Model]) -> Iterator[Step]:
        """Of all that was written, and of the base."""
        audit, seeds = self.experiment.audit, self.experiment.seeds
        for seed in seeds if audit.distribution else ():
            ancestors = [step for model in models if model.seed == seed for step in ancestry(model.score)]
            if written := {step.key: step for step in ancestors if step.stage == GENERATE.name}:
                yield Step(
                    DISTRIBUTION.name,
                    f"distribution of texts{self._of_seed(seed)}",
                    {"base": self.base, "originals": self.originals, "most": audit.rows, "seed": seed},
                    tuple(written.values()),
                )
        if audit.opinions is not None:
            asked = {
                "opinions": opinions_identity(audit.opinions),
                "questions": audit.questions,
                "chat_template": self.experiment.score.chat_template,
                "seed": self.experiment.seeds[0],
            }
            yield Step(VALUES.name, "values of the base", {"base": self.base, **asked})

    def _rounds(self, cell: _Cell) -> Iterator[Model]:
        """Each round's model writes for the next."""
        writer: Step | None = None
        for number in range(1, self._rounds_of(cell) + 1):
            model = self._fine_tuned(cell, number, writer)
            yield model
            writer = model.train

    def _fine_tuned(self, cell: _Cell, number: int, writer: Step | None) -> Model:
        """One model of a round; the base writes the rows of the first.

        Args:
            writer: The training of the model that writes the rows.
        """
        of_round = f", round {number}" if self.experiment.rounds > 1 and cell.gamma else ""
        label = f"{cell.label}{of_round}{self._of_seed(cell.seed)}"
        mixed = Step(
            MIX.name,
            (cell.label if writer else cell.mix_label) + of_round + self._of_seed(cell.seed),
            {
                "originals": self.originals,
                "gamma": cell.gamma,
                "design": self.experiment.mix.design,
                "seed": cell.seed,
            },
            self._written(cell, number, writer) if cell.gamma else (),
        )
        trained = Step(
            TRAIN.name,
            label,
            {
                "base": self.base,
                "settings": self.experiment.finetune.model_dump(mode="json"),
                "mitigation": cell.mitigation.model_dump(mode="json", exclude_none=True),
                "seed": cell.seed,
                **(lexicon_identity() if cell.mitigation.mask else {}),
            },
            (mixed,),
        )
        return Model(
            label,
            self._score(label, trained),
            trained,
            cell.seed,
            cell.bias_types,
            cell.gamma,
            cell.mitigation.label,
            number,
            cell.planted,
        )

    def _written(self, cell: _Cell, number: int, writer: Step | None) -> tuple[Step, ...]:
        """The augmented rows of a mix: those of one's own, planted ones, or a step for each bias type."""
        generate, own = self.experiment.generate, self.experiment.data.augmented
        if generate is None:
            return (Step(GENERATE.name, "own rows", {"own": own_identity(own, "augmented")}),) if own else ()
        if generate.planted and cell.planted:
            return (self._plant(generate.planted, cell.planted, cell.seed),)
        return tuple(
            self._generate(generate, bias_type, cell, number, writer) for bias_type in cell.bias_types
        )

    def _plant(self, section: PlantedSection, planted: Planted, seed: int) -> Step:
        """As many rows as the largest γ takes, so that all mixes of a seed share them.

        Raises:
            UsageError: there is no such rule for the domain, or there are too few originals.
        """
        rows = self._wanted(self._largest_gamma)
        domain, originals = self.experiment.domain, self.originals["rows"]
        identity = planted_identity(section, planted.rate, domain, originals, rows, seed)
        return Step(PLANT.name, planted.label + self._of_seed(seed), identity)

    def _wanted(self, gamma: float) -> int:
        """How many augmented rows a mix takes."""
        return counts(self.originals["rows"], gamma, self.experiment.mix.design).augmented

    def _generate(
        self, generate: GenerateSection, bias_type: int, cell: _Cell, number: int, writer: Step | None
    ) -> Step:
        """One type's share of the rows that are pooled.

        What the base writes is enough for the largest γ, so that all mixes share it.

        Raises:
            UsageError: more rows are needed than ship.
        """
        wanted = self._wanted(cell.gamma if writer else self._largest_gamma)
        rows = -(-wanted // len(cell.bias_types))
        pooled = f" of {'+'.join(map(str, cell.bias_types))}" if len(cell.bias_types) > 1 else ""
        by_whom = f" by {cell.label}, round {number - 1}" if writer else ""
        label = f"bias type {bias_type}{pooled}{by_whom}"
        if generate.shipped and not writer:
            return Step(GENERATE.name, label, shipped_identity(self.experiment.domain, bias_type, rows))
        return Step(
            GENERATE.name,
            label + self._of_seed(cell.seed),
            {
                "base": self.base,
                "domain": self.experiment.domain,
                "bias_type": bias_type,
                "rows": rows,
                "settings": generate.settings.identity(BIAS_TYPES[bias_type]),
                "seed": cell.seed,
                "prompts": package_hash(augment, "templates"),
                "population": package_hash(bias_tasks, "population.yaml"),
                "survey": package_hash(bias_tasks, "survey"),
                **self._conversations(generate, BIAS_TYPES[bias_type]),
            },
            (writer,) if writer else (),
        )

    def _conversations(self, generate: GenerateSection, bias_type: BiasType) -> dict[str, str]:
        """What identifies the prompts of turns, where rows are asked for in these."""
        in_turns = effective(generate.elicitation, bias_type) == "turns"
        return {"conversations": package_hash(augment, "conversations")} if in_turns else {}

    def _of_seed(self, seed: int) -> str:
        return f", seed {seed}" if len(self.experiment.seeds) > 1 else ""

    def _score(self, label: str, *adapters: Step) -> Step:
        return scoring(label, self.base, self.experiment.score, *adapters)
