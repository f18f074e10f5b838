"""Figures over something else than γ: direct against indirect tasks, rounds, seeds, training steps."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from augment.audits.drawing import COLOURS, GREY, Drawing
from bias_inherit.compare import OnTask
from bias_inherit.engine.planning.plan import Model
from bias_inherit.kit.quantities import bounds, number, signed
from bias_inherit.report.arms import dose
from bias_inherit.report.declared_tests import RelatedTasks, Seeded
from bias_inherit.report.figures.figure import (
    SMALL,
    ReportFigure,
    legend,
    look,
    lying,
    offsets,
    panel_rows,
    panels,
    upright,
    zero_line,
)
from bias_inherit.report.gather import TrainingCurve
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import Interval


def relation_figure(related: Sequence[RelatedTasks]) -> ReportFigure:
    """Mean change of score of direct and of indirect classifications over γ, one panel a set of rows."""
    kinds = list(dict.fromkeys(one.model.data for one in related))
    relations = list(dict.fromkeys(one.relation for one in related))

    def draw(figure: Figure) -> None:
        for axes, kind in zip(panels(figure, kinds), kinds, strict=True):
            gammas = sorted({dose(one.model) for one in related})
            beside = offsets(len(relations), 0.05 * gammas[-1])
            for place, relation in enumerate(relations):
                colour, marker = look(place)
                found = [one for one in related if (one.model.data, one.relation) == (kind, relation)]
                at = [dose(one.model) + beside[place] for one in found]
                axes.plot(at, [one.delta for one in found], color=colour, linewidth=0.8, alpha=0.7)
                for where, one in zip(at, found, strict=True):
                    upright(axes, where, one.interval, colour)
                    axes.plot(where, one.delta, marker, color=colour)
                axes.plot([], [], marker, color=colour, label=f"{relation}: {', '.join(found[0].tasks)}")
            zero_line(axes, across=True)
            axes.set_xticks(gammas, [f"{100 * gamma:g}" for gamma in gammas])
            axes.set_xlim(0, 1.12 * gammas[-1])
            axes.set_ylabel("Δ score against γ = 0", fontsize=SMALL)
        legend(figure, figure.axes[0], columns=2)
        figure.supxlabel("γ: augmented rows of all rows, %", fontsize=10)

    told = "; ".join(
        f"{one.relation} at {one.model.label}: {signed(one.delta)} [{bounds(one.interval)}]"
        for one in related
    )
    return ReportFigure(
        "direct-indirect",
        Drawing(draw, height=1.0 + 2.2 * panel_rows(len(kinds))),
        f"Mean change of score against γ = 0 over γ. {told}.",
        ("relation", "tasks", "model", "gamma", "delta_score", "low_95", "high_95"),
        [
            (one.relation, " ".join(one.tasks), one.model.label, one.model.gamma, one.delta, *one.interval)
            for one in related
        ],
    )


def rounds_figure(
    metric: str, chains: Sequence[Sequence[Model]], study: Mapping[str, Mapping[str, OnTask]]
) -> ReportFigure:
    """A metric over rounds, one panel a task; round 0 is γ = 0.

    Args:
        chains: Models of one γ in the order of their rounds, γ = 0 first.
    """
    tasks = list(study[chains[0][0].label])

    def draw(figure: Figure) -> None:
        for axes, task in zip(panels(figure, [ALL_TASKS[t].name for t in tasks]), tasks, strict=True):
            beside = offsets(len(chains), 0.3 if len(chains) > 1 else 0)
            for place, chain in enumerate(chains):
                colour, marker = look(place)
                found = [study[model.label][task].estimates[metric] for model in chain]
                at = [_round(model) + beside[place] for model in chain]
                axes.plot(at, [one.value for one in found], color=colour, linewidth=0.8, alpha=0.7)
                for where, one in zip(at, found, strict=True):
                    upright(axes, where, one.interval, colour)
                    axes.plot(where, one.value, marker, color=colour)
                axes.plot([], [], marker, color=colour, label=chain[-1].label.split(", round")[0])
            rounds = sorted({_round(model) for chain in chains for model in chain})
            axes.set_xticks(rounds, ["γ = 0" if number == 0 else str(number) for number in rounds])
            axes.set_ylim(0, 1.04 * axes.get_ylim()[1])
            axes.set_ylabel(metric, fontsize=SMALL)
        legend(figure, figure.axes[0], columns=3)
        figure.supxlabel("round", fontsize=10)

    return ReportFigure(
        f"rounds-{metric}",
        Drawing(draw, height=1.0 + 2.1 * panel_rows(len(tasks))),
        f"Small multiples, one panel a task: {metric} over rounds with 95 % intervals, beside γ = 0.",
        ("task", "model", "round", "value", "stderr", "low_95", "high_95"),
        [
            (ALL_TASKS[task].name, model.label, _round(model), one.value, one.stderr, *one.interval)
            for task in tasks
            for chain in chains
            for model in chain
            for one in (study[model.label][task].estimates[metric],)
        ],
    )


def _round(model: Model) -> int:
    return model.round if model.gamma else 0


def seeds_figure(seeded: Sequence[Seeded]) -> ReportFigure:
    """Δ gap of each seed at the largest γ, one panel a task; a mean with an interval from five seeds on."""
    tasks = [task for task in ALL_TASKS if any(task in one.differences for one in seeded)]

    def draw(figure: Figure) -> None:
        for axes, task in zip(panels(figure, [ALL_TASKS[t].name for t in tasks]), tasks, strict=True):
            for height, one in enumerate(seeded):
                colour, marker = look(height)
                found = one.differences[task]["gap"].over_seeds
                axes.plot(found.points, [height] * len(found.points), marker, color=colour, alpha=0.7)
                if found.interval.low == found.interval.low:
                    lying(axes, height + 0.25, found.interval, colour, width=2)
                    axes.plot(found.mean, height + 0.25, "|", color=colour, markersize=11)
            zero_line(axes)
            axes.set_yticks(range(len(seeded)), [one.arm.label for one in seeded])
            axes.set_ylim(len(seeded) - 0.4, -0.6)
        figure.supxlabel("Δ gap against γ = 0 with the same seed; one mark a seed", fontsize=10)

    rows = [
        (ALL_TASKS[task].name, one.arm.label, place, point, *_mean(one, task))
        for task in tasks
        for one in seeded
        for place, point in enumerate(one.differences[task]["gap"].over_seeds.points)
    ]
    return ReportFigure(
        "seeds",
        Drawing(draw, height=0.7 + panel_rows(len(tasks)) * (0.9 + 0.3 * len(seeded))),
        "Small multiples, one panel a task: Δ gap of each seed.",
        ("task", "rows", "seed_number", "delta_gap", "mean", "low_95", "high_95"),
        rows,
    )


def _mean(one: Seeded, task: str) -> tuple[float, float, float]:
    found = one.differences[task]["gap"].over_seeds
    interval: Interval = found.interval
    return found.mean, interval.low, interval.high


def loss_figure(curves: Sequence[TrainingCurve]) -> ReportFigure:
    """Loss on completions of each adapter; those of γ = 0 in grey."""
    named = len(curves) <= len(COLOURS)

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for place, curve in enumerate(curves):
            steps = range(1, len(curve.losses) + 1)
            colour = GREY if curve.label.startswith("γ = 0") else look(place)[0]
            axes.plot(
                steps,
                curve.losses,
                color=colour,
                linewidth=1.4 if named else 0.8,
                alpha=1 if named else 0.6,
                label=curve.label,
            )
        axes.set_xlabel("optimiser step")
        axes.set_ylabel("loss on completions")
        axes.set_ylim(bottom=0)
        if named:
            legend(figure, axes)

    last = "; ".join(f"{curve.label} {number(curve.losses[-1])}" for curve in curves[:12] if curve.losses)
    return ReportFigure(
        "training",
        Drawing(draw, height=3.2),
        f"Loss of each optimiser step of {len(curves)} adapters. Last losses: {last}"
        + ("; and so on." if len(curves) > 12 else "."),
        ("model", "step", "loss"),
        [(curve.label, step, loss) for curve in curves for step, loss in enumerate(curve.losses, start=1)],
    )
