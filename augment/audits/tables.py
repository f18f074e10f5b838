"""Tables of the audits for a terminal of 80 columns. What came from data is never read as markup."""

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from augment.audits.chi_square import ChiSquare
from augment.audits.distribution import HALVES, Comparison, DistributionAudit
from augment.audits.groups import CueAudit, GroupAudit, GroupCounts
from augment.audits.values import Mean, ValuesAudit

NOTHING = "–"


def group_tables(audit: GroupAudit) -> list[Table]:
    """Counts by label and by culture, a table for each kind of cue that a text holds."""
    return [_cue_table(title, cue) for title, cue in audit.marked_cues().items()]


def values_tables(audit: ValuesAudit) -> list[Table]:
    """Similarity to real people's answers, by culture and country; and cultures against other countries."""
    return [_similarity_table(audit), _culture_table(audit)]


def distribution_table(audit: DistributionAudit) -> Table:
    """MMD² and AUC of each augmented set against the originals, and of the originals' halves."""
    table = _table(
        f"originals against augmented texts: {audit.embedding}",
        f"p: of MMD², {audit.permutations:,} permutations. AUC: 0.5 or less cannot be told apart, 1 always.",
        "set",
        ("rows", "MMD²", "p", "AUC [95 %]"),
    )
    table.add_row(Text(HALVES), *_comparison_cells(audit.null), style="bold", end_section=True)
    for name, comparison in audit.comparisons.items():
        table.add_row(Text(name), *_comparison_cells(comparison))
    return table


def _table(title: str, caption: str, first: str, others: tuple[str, ...]) -> Table:
    table = Table(
        title=Text(title),
        title_justify="left",
        caption=caption,
        caption_justify="left",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    table.add_column(first, overflow="fold")
    for heading in others:
        table.add_column(Text(heading), justify="right", no_wrap=True)
    return table


def _similarity_table(audit: ValuesAudit) -> Table:
    table = _table(
        f"{audit.generator}: similarity to real answers (1 - Jensen-Shannon distance)",
        "flat: a model that finds all options equally likely.",
        "culture, country",
        ("similarity [95 %]", "flat", "questions"),
    )
    table.add_row("all countries", *_mean_cells(audit.overall, audit.uniform), style="bold", end_section=True)
    for culture, values in audit.by_culture.items():
        table.add_row(Text(culture), *_mean_cells(values.similarity, values.uniform), style="bold")
        for country in values.countries:
            one = audit.by_country[country]
            table.add_row(Text(f"  {country}"), *_mean_cells(one.similarity, one.uniform))
        table.add_section()
    for country, one in audit.by_country.items():
        if one.culture is None:
            table.add_row(Text(country), *_mean_cells(one.similarity, one.uniform))
    return table


def _culture_table(audit: ValuesAudit) -> Table:
    table = _table(
        f"{audit.generator}: similarity to a culture, against",
        "flat: a model that finds all options equally likely. Others: all other countries, on the "
        "same questions; flat's: what the flat model shows there.",
        "culture",
        ("flat [95 %]", "others [95 %]", "flat's", "questions"),
    )
    for culture, values in audit.by_culture.items():
        table.add_row(
            Text(culture),
            _with_interval(values.minus_uniform, sign="+"),
            _with_interval(values.minus_others, sign="+"),
            _number(values.uniform_minus_others, sign="+"),
            str(values.minus_others.questions),
        )
    return table


def _cue_table(title: str, audit: CueAudit) -> Table:
    groups = list(audit.overall.counts)
    table = _table(
        title,
        "tie, none: ambiguous and unmarked texts. V, p: against equal shares; ~: expected counts "
        "below 5. kept: share of marked texts that are of the group asked for.",
        "texts",
        (*groups, "tie", "none", "V", "p", "kept"),
    )
    table.add_row("all", *_count_cells(audit.overall), style="bold", end_section=True)
    for parts in (audit.by_label, audit.by_culture):
        for name, counts in parts.items():
            table.add_row(Text(name), *_count_cells(counts))
        table.add_section()
    return table


def _count_cells(counts: GroupCounts) -> list[str]:
    kept = counts.requested.kept if counts.requested else None
    return [
        *map(str, counts.counts.values()),
        str(counts.ambiguous),
        str(counts.unmarked),
        _number(counts.parity.cramers_v),
        _p_value(counts.parity),
        NOTHING if kept is None else f"{kept:.0%}",
    ]


def _mean_cells(mean: Mean, uniform: float | None) -> tuple[str, str, str]:
    return _with_interval(mean), _number(uniform), str(mean.questions)


def _comparison_cells(comparison: Comparison) -> list[str]:
    return [
        f"{comparison.rows[0]} / {comparison.rows[1]}",
        f"{comparison.mmd_squared:.4f}",
        f"{comparison.p_value:.3f}",
        f"{comparison.auc:.2f} [{comparison.auc_low:.2f}, {comparison.auc_high:.2f}]",
    ]


def _with_interval(mean: Mean, sign: str = "") -> str:
    if mean.low is None or mean.high is None:
        return _number(mean.value, sign)
    return f"{_number(mean.value, sign)} [{_number(mean.low, sign)}, {_number(mean.high, sign)}]"


def _number(value: float | None, sign: str = "") -> str:
    if value is None:
        return NOTHING
    text = f"{value:{sign}.2f}"
    return "0.00" if text in ("-0.00", "+0.00") else text


def _p_value(test: ChiSquare) -> str:
    if test.p_value is None:
        return NOTHING
    rough = "~" if test.smallest_expected is not None and test.smallest_expected < 5 else ""
    return rough + ("<0.001" if test.p_value < 0.001 else f"{test.p_value:.3f}")
