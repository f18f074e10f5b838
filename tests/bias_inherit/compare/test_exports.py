"""Files that other programs and papers read."""

import csv
import io
import json
import math
import re

import pytest
from scored_models import HATE, reader

from bias_inherit.compare import Comparison, compare_models, notes
from bias_inherit.compare.exports import COLUMNS, FORMATS, Names, to_csv, to_json, to_latex, to_markdown
from bias_inherit.harness.results import Sample, ScoredModel

HOSTILE = Names("../../x_1 & 50%", "<img onerror=alert(1)>|\n# a {b}")


@pytest.fixture(scope="module")
def found() -> Comparison:
    one, other = reader([0.8] * 4, 1), reader([0.8, 0.8, 0.8, 0.3], 2)
    fewer = ScoredModel({}, {HATE: other.samples[HATE][:-5]})
    return compare_models(one, fewer)


def test_csv_holds_every_difference_and_empty_cells_for_what_is_undefined(found: Comparison) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(found, HOSTILE))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(found.differences)
    for row, difference in zip(rows, found.differences, strict=True):
        assert row["metric"] == difference.metric
        assert row["delta"] == ("" if math.isnan(difference.delta) else repr(difference.delta))
        high = difference.interval.high
        assert row["high_95"] == ("" if math.isnan(high) else repr(high))


def test_json_is_strict_and_complete(found: Comparison) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    content = json.loads(to_json(found, HOSTILE), parse_constant=refuse)
    assert content["other"] == HOSTILE.other
    assert content["families"][0]["size"] == found.families[0].size
    assert content["documents"][HATE]["matched"] == 187
    assert len(content["documents"][HATE]["only_reference"]) == 5
    undefined = [row for row in content["differences"] if row["n_documents"] == 0]
    assert undefined
    assert all(row["delta"] is None for row in undefined)


def test_markdown_is_two_tables_whatever_a_model_is_called(found: Comparison) -> None:
    text = to_markdown(found, HOSTILE)
    title, *lines = text.splitlines()
    assert title.startswith("&lt;img onerror=alert(1)&gt;\\| # a {b} minus")
    table = [line for line in lines if line.startswith("|")]
    first, second = table[: 2 + len(found.headline)], table[2 + len(found.headline) :]
    assert {line.count("|") for line in first} == {9}
    assert len(second) == 2 + len(found.differences)
    assert {line.count("|") for line in second} == {13}
    assert "nan" not in text
    for note in notes(found):
        assert f"- {note}" in text


def test_latex_is_two_booktabs_tables_with_every_special_sign_escaped(found: Comparison) -> None:
    text = to_latex(found, HOSTILE)
    assert r"../../x\_1 \& 50\%" in text
    assert r"\# a \{b\}" in text
    for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert text.count(rule) == 2
    bodies = re.findall(r"\\midrule\n(.*?)\\bottomrule", text, re.DOTALL)
    for body, of, cells in zip(bodies, (found.headline, found.differences), (8, 12), strict=True):
        rows = [line for line in body.splitlines() if line.strip()]
        assert len(rows) == len(of)
        for row in rows:
            assert row.endswith(r"\\")
            assert len(re.findall(r"(?<!\\)&", row)) == cells - 1
            assert not re.search(r"(?<!\\)[_%#]", row)
    assert text.count("{") == text.count("}")


def test_only_the_chosen_rows_are_shown_and_the_family_keeps_its_size(found: Comparison) -> None:
    gaps = [d for d in found.differences if d.metric == "gap"]
    text = to_markdown(found, Names("a", "b"), gaps)
    assert len([line for line in text.splitlines() if line.startswith(f"| {HATE} | gap")]) == 1
    assert "| score |" not in text
    assert f"over {found.families[0].size} tests" in text


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_every_suffix_has_a_format_that_shows_the_chosen_rows(found: Comparison, suffix: str) -> None:
    gap = [d for d in found.differences if d.metric == "gap"]
    text = FORMATS[suffix](found, HOSTILE, gap)
    assert "gap" in text
    assert "yes_rate" not in text


def test_a_surviving_difference_has_two_stars(found: Comparison) -> None:
    row = next(d for d in found.differences if d.metric == "acc__spanish")
    assert row.survives
    (line,) = [line for line in to_markdown(found, Names("a", "b")).splitlines() if "| acc__spanish" in line]
    assert " ** |" in line


def test_a_gap_is_described_and_never_starred(found: Comparison) -> None:
    row = next(d for d in found.differences if d.metric == "gap")
    assert row.p < 0.01
    assert row.interval.low > 0
    (line,) = [line for line in to_markdown(found, Names("a", "b")).splitlines() if "| gap |" in line]
    assert " * |" not in line
    assert " ** |" not in line


def test_notes_name_what_does_not_match(found: Comparison) -> None:
    (line,) = [line for line in notes(found) if "documents compared" in line]
    assert line.startswith(f"{HATE}: 187 documents compared; 5 in the first folder only (46 (")
    assert line.endswith(", …), none in the second folder only")


def test_notes_tell_of_other_settings_and_lonely_tasks() -> None:
    one = reader([0.8] * 4, 1)
    other = ScoredModel(
        {"config": {"gen_kwargs": {"temperature": 1}}},
        {**one.samples, "bias_inherit_spam": [Sample("a", one.samples[HATE][0].record)]},
    )
    lines = notes(compare_models(one, other))
    assert f"not scored alike: {HATE}: generation_kwargs.temperature none against 1" in lines
    assert "bias_inherit_spam: in the second folder only" in lines
