"""Tables of the audits as text, narrow enough for a terminal of 80 columns; shown there and in the report."""

from dataclasses import dataclass, field
from typing import NamedTuple

from augment.audits.chi_square import ChiSquare
from augment.audits.distribution import ORIGINALS, Comparison, DistributionAudit
from augment.audits.elicitations import ElicitationAudit
from augment.audits.groups import CueAudit, GroupAudit, GroupCounts
from augment.audits.values import Mean, ValuesAudit

NOTHING = "–"


class TableRow(NamedTuple):
    """One row.

    Attributes:
        cells: The first is the row's name.
        whole: Whether the row sums up others.
        ends_section: Whether a line follows.
    """

    cells: tuple[str, ...]
    whole: bool = False
    ends_section: bool = False


@dataclass
class AuditTable:
    """A table; what stands in it may come from data and is no markup.

    Attributes:
        headings: Of the columns; the first column holds names, the others numbers.
    """

    title: str
    caption: str
    headings: tuple[str, ...]
    rows: list[TableRow] = field(default_factory=list)

    def add_row(self, *cells: str, whole: bool = False, ends_section: bool = False) -> None:
        self.rows.append(TableRow(cells, whole, ends_section))

    def end_section(self) -> None:
        """Let a line follow what is there."""
        if self.rows:
            self.rows[-1] = self.rows[-1]._replace(ends_section=True)


def group_tables(audit: GroupAudit) -> list[AuditTable]:
    """Counts by label and by culture, a table for each kind of cue that a text holds."""
    return [_cue_table(title, cue) for title, cue in audit.marked_cues().items()]


def values_tables(audit: ValuesAudit) -> list[AuditTable]:
    """Similarity to real people's answers, by culture and country; and cultures against other countries."""
    return [_similarity_table(audit), _culture_table(audit)]


def distribution_table(audit: DistributionAudit) -> AuditTable:
    """MMD² and AUC of each augmented set against the originals, and of the originals' halves."""
    against = "augmented texts" if audit.reference == ORIGINALS else "other elicitations"
    table = AuditTable(
        f"{audit.reference} against {against}: {audit.embedding}",
        f"p: of MMD², {audit.permutations:,} permutations. AUC: 0.5 or less cannot be told apart, 1 always.",
        ("set", "rows", "MMD²", "p", "AUC [95 %]"),
    )
    table.add_row(audit.halves, *_comparison_cells(audit.null), whole=True, ends_section=True)
    for name, comparison in audit.comparisons.items():
        table.add_row(name, *_comparison_cells(comparison))
    return table


def elicitations_table(audit: ElicitationAudit) -> AuditTable:
    """Answers at each place of the scale, by bias type and elicitation."""
    widest = max(len(counts) for beside in audit.by_type.values() for counts in beside.counts.values())
    table = AuditTable(
        "survey answers by elicitation: option of the question's list",
        "V, p: whether the option hangs on the elicitation; ~: expected counts below 5.",
        ("answers", *map(str, range(1, widest + 1)), "V", "p"),
    )
    for number, beside in audit.by_type.items():
        for place, (name, counts) in enumerate(beside.counts.items()):
            padded = [str(count) for count in [*counts, *[0] * (widest - len(counts))]]
            last = place == len(beside.counts) - 1
            told = (_number(beside.test.cramers_v), _p_value(beside.test)) if last else ("", "")
            table.add_row(f"type {number}, {name}", *padded, *told, ends_section=last)
    return table


def _similarity_table(audit: ValuesAudit) -> AuditTable:
    table = AuditTable(
        f"{audit.generator}: similarity to real answers (1 - Jensen-Shannon distance)",
        "flat: a model that finds all options equally likely.",
        ("culture, country", "similarity [95 %]", "flat", "questions"),
    )
    table.add_row("all countries", *_mean_cells(audit.overall, audit.uniform), whole=True, ends_section=True)
    for culture, values in audit.by_culture.items():
        table.add_row(culture, *_mean_cells(values.similarity, values.uniform), whole=True)
        for country in values.countries:
            one = audit.by_country[country]
            table.add_row(f"  {country}", *_mean_cells(one.similarity, one.uniform))
        table.end_section()
    for country, one in audit.by_country.items():
        if one.culture is None:
            table.add_row(country, *_mean_cells(one.similarity, one.uniform))
    return table


def _culture_table(audit: ValuesAudit) -> AuditTable:
    table = AuditTable(
        f"{audit.generator}: similarity to a culture, against",
        "flat: a model that finds all options equally likely. Others: all other countries, on the "
        "same questions; flat's: what the flat model shows there.",
        ("culture", "flat [95 %]", "others [95 %]", "flat's", "questions"),
    )
    for culture, values in audit.by_culture.items():
        table.add_row(
            culture,
            _with_interval(values.minus_uniform, sign="+"),
            _with_interval(values.minus_others, sign="+"),
            _number(values.uniform_minus_others, sign="+"),
            str(values.minus_others.questions),
        )
    return table


def _cue_table(title: str, audit: CueAudit) -> AuditTable:
    groups = list(audit.overall.counts)
    table = AuditTable(
        title,
        "tie, none: ambiguous and unmarked texts. V, p: against equal shares; ~: expected counts "
        "below 5. kept: share of marked texts that are of the group asked for.",
        ("texts", *groups, "tie", "none", "V", "p", "kept"),
    )
    table.add_row("all", *_count_cells(audit.overall), whole=True, ends_section=True)
    for parts in (audit.by_label, audit.by_culture):
        for name, counts in parts.items():
            table.add_row(name, *_count_cells(counts))
        table.end_section()
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
