"""Figures of the audits."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from augment.audits.distribution import Comparison, DistributionAudit
from augment.audits.drawing import COLOURS, GREY, MARKERS, Drawing
from augment.audits.elicitations import ElicitationAudit
from augment.audits.groups import CueAudit, GroupAudit, GroupCounts
from augment.audits.values import Mean, ValuesAudit


def groups_figure(audit: GroupAudit) -> Drawing:
    """Share of each group among marked texts, overall and by label, and equal shares as lines.

    A kind of cue that no text holds is left out.
    """
    cues = audit.marked_cues()
    heights = [1 + len(cue.by_label) for cue in cues.values()]

    def draw(figure: Figure) -> None:
        rows = figure.subplots(len(cues), 1, height_ratios=heights, sharex=True, squeeze=False)[:, 0]
        for axes, (title, cue) in zip(rows, cues.items(), strict=True):
            _draw_shares(axes, cue)
            axes.set_title(title, loc="left", fontsize=10)
        rows[-1].set_xlabel("share of marked texts (their number in brackets); dashed: equal shares")

    return Drawing(draw, height=0.8 + 0.6 * len(cues) + 0.28 * sum(heights))


def values_figure(audit: ValuesAudit) -> Drawing:
    """Similarity by culture and country with 95 % intervals, beside that of a model without an opinion."""
    lines: list[tuple[str, Mean, float | None, int | None, bool]] = [
        ("all countries", audit.overall, audit.uniform, None, True)
    ]
    for place, (culture, values) in enumerate(audit.by_culture.items()):
        lines.append((culture, values.similarity, values.uniform, place, True))
        for country in values.countries:
            one = audit.by_country[country]
            lines.append((country, one.similarity, one.uniform, place, False))
    for country, one in audit.by_country.items():
        if one.culture is None:
            lines.append((country, one.similarity, one.uniform, None, False))

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for height, (_, mean, flat, place, whole) in enumerate(lines):
            colour = "#000000" if place is None else COLOURS[place % len(COLOURS)]
            marker = "o" if place is None else MARKERS[place % len(MARKERS)]
            if flat is not None:
                axes.plot(flat, height, "|", color=GREY, markersize=11, zorder=1)
            if mean.low is not None and mean.high is not None:
                axes.plot([mean.low, mean.high], [height, height], color=colour)
            if mean.value is not None:
                inside = colour if whole else "white"
                axes.plot(mean.value, height, marker, color=colour, markerfacecolor=inside)
        axes.plot([], [], "|", color=GREY, markersize=11, label="a model without an opinion")
        axes.plot([], [], "o", color="#000000", label="culture")
        axes.plot([], [], "o", color="#000000", markerfacecolor="white", label="country")
        axes.set_yticks(range(len(lines)), [f"{name} ({mean.questions})" for name, mean, *_ in lines])
        axes.set_ylim(len(lines) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.set_xlabel("similarity: 1 - Jensen-Shannon distance, 95 % interval; in brackets: questions")
        figure.legend(loc="outside upper center", ncols=3, frameon=False)

    return Drawing(draw, height=1.4 + 0.26 * len(lines))


def distribution_figure(audit: DistributionAudit) -> Drawing:
    """Texts in the plane of two principal components, and the AUC of each set with its interval."""
    compared: dict[str, Comparison] = {audit.halves: audit.null, **audit.comparisons}

    def draw(figure: Figure) -> None:
        plane, scale = figure.subplots(1, 2, width_ratios=(3, 2))
        for place, (name, cloud) in enumerate(audit.clouds.items()):
            colour, marker = (GREY, "o") if name == audit.reference else _look(place - 1)
            across, up = zip(*cloud.points, strict=True) if cloud.points else ((), ())
            plane.plot(across, up, marker, color=colour, markersize=4, alpha=0.6, linestyle="", label=name)
        first, second = audit.variance_shares
        plane.set_xlabel(f"first component ({first:.0%} of variance)")
        plane.set_ylabel(f"second component ({second:.0%})")
        for height, comparison in enumerate(compared.values()):
            colour, marker = (GREY, "o") if height == 0 else _look(height - 1)
            scale.plot([comparison.auc_low, comparison.auc_high], [height, height], color=colour)
            scale.plot(comparison.auc, height, marker, color=colour)
        scale.axvline(0.5, color=GREY, linewidth=0.8, linestyle="--")
        scale.set_yticks(range(len(compared)), list(compared))
        scale.set_ylim(len(compared) - 0.5, -0.5)
        scale.set_xlim(0, 1.02)
        scale.set_xlabel("AUC, 95 % interval")
        figure.legend(loc="outside upper center", ncols=4, frameon=False)

    return Drawing(draw, height=max(4.0, 1.4 + 0.4 * len(compared)))


def elicitations_figure(audit: ElicitationAudit) -> Drawing:
    """Share of each place of the scale among the answers of a bias type and an elicitation."""
    bars = {
        f"type {number}, {name} ({sum(counts)})": counts
        for number, beside in audit.by_type.items()
        for name, counts in beside.counts.items()
    }

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        widest = max(len(counts) for counts in bars.values())
        starts = [0.0] * len(bars)
        for place in range(widest):
            shares = [counts[place] / max(1, sum(counts)) for counts in bars.values()]
            label = f"option {place + 1}"
            axes.barh(
                range(len(bars)), shares, left=starts, color=COLOURS[place], edgecolor="white", label=label
            )
            starts = [start + share for start, share in zip(starts, shares, strict=True)]
        axes.set_yticks(range(len(bars)), list(bars))
        axes.set_ylim(len(bars) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.set_xlabel("share of answers (their number in brackets)")
        figure.legend(loc="outside upper center", ncols=5, frameon=False)

    return Drawing(draw, height=1.4 + 0.4 * len(bars))


def _look(place: int) -> tuple[str, str]:
    return COLOURS[place % len(COLOURS)], MARKERS[1:][place % (len(MARKERS) - 1)]


def _draw_shares(axes: Axes, cue: CueAudit) -> None:
    sets: dict[str, GroupCounts] = {"all": cue.overall, **cue.by_label}
    groups = list(cue.overall.counts)
    starts = [0.0] * len(sets)
    totals = [sum(counts.counts.values()) for counts in sets.values()]
    for place, group in enumerate(groups):
        shares = [
            counts.counts[group] / total if total else 0.0
            for counts, total in zip(sets.values(), totals, strict=True)
        ]
        colour = COLOURS[place % len(COLOURS)]
        axes.barh(range(len(sets)), shares, left=starts, color=colour, edgecolor="white", label=group)
        starts = [start + share for start, share in zip(starts, shares, strict=True)]
    for part in range(1, len(groups)):
        axes.axvline(part / len(groups), color="#000000", linewidth=0.9, linestyle="--")
    axes.set_yticks(range(len(sets)), [f"{name} ({total})" for name, total in zip(sets, totals, strict=True)])
    axes.set_ylim(len(sets) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
