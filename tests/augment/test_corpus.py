"""The rows that ship: what their records say they are, and how unlike the originals they are."""

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from scipy.stats import chisquare

import augment.corpus
from augment.audits.distribution import audit_distribution
from augment.audits.embedding import embed_with_model
from augment.audits.rows import clusters_of, passage_of, sample_rows
from augment.audits.two_samples import Sample
from augment.bias_types import BIAS_TYPES, BiasType
from augment.corpus import shipped
from augment.prompts import PromptTemplate
from augment.sidecar import population_hash
from bias_tasks.population import population
from bias_tasks.survey.questions import questions
from bias_tasks.training_rows import LAST_BIAS_TYPE, TrainingRow
from finetune.originals import SHIPPED, DomainName

ROWS = 48
SETS = [
    pytest.param(domain, bias_type, id=f"{domain}-{bias_type.template}")
    for domain in SHIPPED
    for bias_type in BIAS_TYPES
]


@pytest.mark.parametrize(("domain", "bias_type"), SETS)
def test_a_set_is_what_its_record_says(domain: DomainName, bias_type: BiasType) -> None:
    rows, record = shipped(domain, bias_type)
    file = Path(augment.corpus.__file__).parent / domain / f"{bias_type.template}.jsonl"
    assert record.outcome
    assert record.outcome.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert record.outcome.rows == len(rows) == ROWS
    assert {row.bias_type for row in rows} == {record.asked.bias_type} == {bias_type.number}
    assert {row.domain for row in rows} == {record.asked.domain} == {domain}
    assert {row.source for row in rows} == {"augmented"}


@pytest.mark.parametrize(("domain", "bias_type"), SETS)
def test_a_set_was_written_with_the_prompts_and_groups_of_today(
    domain: DomainName, bias_type: BiasType
) -> None:
    asked = shipped(domain, bias_type).sidecar.asked
    assert asked.template == PromptTemplate.shipped(domain, bias_type).sources()
    assert asked.population == population_hash(population())


@pytest.mark.parametrize(("domain", "bias_type"), SETS)
def test_groups_asked_for_stand_equally_often_in_every_beginning_of_whole_rounds(
    domain: DomainName, bias_type: BiasType
) -> None:
    rows = shipped(domain, bias_type).rows
    groups = 2 if domain == "gender" else 4
    if bias_type.number:
        for end in (groups * bias_type.members * 3, ROWS):
            assert set(Counter(row.group for row in rows[:end]).values()) == {end // groups}


@pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=[each.template for each in BIAS_TYPES])
def test_no_biography_stands_twice(bias_type: BiasType) -> None:
    rows = shipped("gender", bias_type).rows
    assert len({row.text_id for row in rows}) == ROWS


@pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=[each.template for each in BIAS_TYPES])
def test_survey_answers_are_not_spread_as_the_originals_are(bias_type: BiasType) -> None:
    originals = SHIPPED["culture"].rows(SHIPPED["culture"].maximum, 0)
    expected = Counter(map(place_on_scale, originals))
    assert set(expected.values()) == {len(originals) // 5}
    written = Counter(map(place_on_scale, shipped("culture", bias_type).rows))
    assert chisquare([written[place] for place in range(5)]).pvalue < 1e-3


def place_on_scale(row: TrainingRow) -> int:
    """Which of the five answers was given."""
    (question,) = (each for each in questions() if each.question in row.prompt[-1].content)
    return question.options.index(row.completion[0].content)


@pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=[each.template for each in BIAS_TYPES])
def test_a_set_of_survey_answers_holds_as_many_questions_as_it_can(bias_type: BiasType) -> None:
    rows = shipped("culture", bias_type).rows
    asked = {
        question.id for row in rows for question in questions() if question.question in row.prompt[-1].content
    }
    assert len(asked) == ROWS // bias_type.members


@pytest.mark.embedded
def test_the_audit_of_distribution_tells_biographies_of_the_corpus_from_the_originals() -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from bias_inherit.models.embedded import embedded_model

    folder = embedded_model(lambda _: None)
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)

    def sample(rows: list[TrainingRow]) -> Sample:
        return Sample(
            embed_with_model(model, tokenizer, [passage_of(row) for row in rows]), clusters_of(rows)
        )

    originals = sample_rows(SHIPPED["gender"].rows(SHIPPED["gender"].maximum, 0), most=96, seed=0)
    written = shipped("gender", BIAS_TYPES[1]).rows
    audit = audit_distribution(sample(originals), {"1": sample(written)}, "embedded")
    assert audit.comparisons["1"].p_value < 0.01
    assert audit.comparisons["1"].auc_low > audit.null.auc
    assert audit.null.p_value > 0.05


def test_the_numbers_of_the_bias_types_are_those_of_the_row_contract() -> None:
    assert [each.number for each in BIAS_TYPES] == list(range(LAST_BIAS_TYPE + 1))
