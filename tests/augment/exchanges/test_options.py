"""Answers drawn from the distribution over a question's options."""

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from scipy.special import softmax
from scipy.stats import chisquare

from augment.bias_types import BIAS_TYPES, NEUTRAL, BiasType
from augment.domains import domain
from augment.exchanges import GeneratorError
from augment.exchanges.options import drawn
from augment.generation import Generated, generate
from augment.prompts import PromptTemplate
from augment.request import Request
from augment.settings import GenerationSettings
from bias_tasks.population import population
from bias_tasks.survey.questions import questions
from bias_tasks.training_rows import DataError

SETTINGS = GenerationSettings(
    batch_size=4, max_new_tokens=24, elicitation="options", temperature=1.0, top_p=1.0
)


class OpinionatedLM(LM):
    """Prefers an option by its place; keeps what it was asked."""

    def __init__(self, scores: tuple[float, ...] = (0.0, 1.0, 2.0, 1.0, 0.0)) -> None:
        super().__init__()
        self.scores = scores
        self.calls: list[list[tuple[str, str]]] = []

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        return f"<user>{chat_history[0]['content']}</user>\n"

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        pairs = [request.args for request in requests]
        self.calls.append(pairs)
        place = {option: number for q in questions() for number, option in enumerate(q.options)}
        return [(self.scores[place[continuation.strip()]] - 30, False) for _, continuation in pairs]

    def generate_until(self, requests: list[Instance]) -> list[str]:
        raise AssertionError("nothing is written")

    def loglikelihood_rolling(self, requests: list[Instance]) -> list[float]:
        raise NotImplementedError


def request(bias_type: BiasType, rows: int, settings: GenerationSettings = SETTINGS) -> Request:
    template = PromptTemplate.shipped("culture", bias_type)
    return Request(domain("culture", population()), bias_type, template, "scripted", rows, settings, 3)


def draw(lm: LM, journal: Path, bias_type: BiasType, rows: int) -> Generated:
    return generate(lm, request(bias_type, rows), journal, lambda done, attempts: None)


@pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=lambda b: b.label)
def test_no_attempt_is_refused_and_nothing_is_written(bias_type: BiasType, tmp_path: Path) -> None:
    outcome = draw(OpinionatedLM(), tmp_path / "journal", bias_type, 24)
    slots = request(bias_type, 24).slots()
    assert outcome.refused == {}
    assert [row.group for row in outcome.rows] == [group for slot in slots for group in slot.groups]
    assert {row.elicitation for row in outcome.rows} == {"options"}
    for row in outcome.rows:
        (question,) = (q for q in questions() if q.question in row.prompt[0].content)
        assert row.label in question.options


@pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=lambda b: b.label)
def test_the_prompt_is_the_one_that_asks_for_written_answers(bias_type: BiasType, tmp_path: Path) -> None:
    lm = OpinionatedLM()
    draw(lm, tmp_path / "journal", bias_type, 2)
    written = request(bias_type, 2, GenerationSettings(max_new_tokens=24))
    (prompt,) = written.prompts(written.slots()[0], 0)
    context, option = lm.calls[0][0]
    begun = "A:" if bias_type.members == 2 else ""
    assert context == f"<user>{prompt}</user>\n{begun}"
    assert option.startswith(" ") == bool(begun)


def test_the_second_member_is_asked_behind_the_first_one_s_answer(tmp_path: Path) -> None:
    lm = OpinionatedLM()
    outcome = draw(lm, tmp_path / "journal", BIAS_TYPES[5], 2)
    first, _ = outcome.rows
    assert lm.calls[1][0][0].endswith(f"</user>\nA: {first.label}\nB:")


@pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=lambda b: b.label)
def test_one_respondent_answers_a_question_in_all_frames(bias_type: BiasType, tmp_path: Path) -> None:
    rows, lm = 800, OpinionatedLM()
    outcome = draw(lm, tmp_path / "journal", bias_type, rows)
    asked = [pair for call in lm.calls for pair in call]
    assert len(asked) == len(set(asked)), "nothing is asked twice"
    respondents = Counter(row.cluster for row in outcome.rows)
    most = len(questions()) * {0: 1, 5: 2, 6: 2}.get(bias_type.number, 4)
    assert len(respondents) == most
    assert len(outcome.rows) == rows
    by_respondent: dict[str | None, set[str | None]] = {}
    for row in outcome.rows:
        by_respondent.setdefault(row.cluster, set()).add(row.label)
    assert max(map(len, by_respondent.values())) > 1, "each row has a draw of its own"


def test_a_set_begins_with_every_smaller_set(tmp_path: Path) -> None:
    few = draw(OpinionatedLM(), tmp_path / "few", BIAS_TYPES[2], 60).rows
    many = draw(OpinionatedLM(), tmp_path / "many", BIAS_TYPES[2], 300).rows
    assert many[:60] == few


def test_a_run_that_was_cut_off_anywhere_ends_alike(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    wanted = draw(OpinionatedLM(), whole, NEUTRAL, 60).rows
    lines = whole.read_bytes()
    for cut in (10, len(lines) // 2, len(lines) - 3):
        journal = tmp_path / f"cut {cut}"
        journal.write_bytes(lines[:cut])
        assert draw(OpinionatedLM(), journal, NEUTRAL, 60).rows == wanted


@given(
    scores=st.lists(st.floats(-40, 0), min_size=2, max_size=7),
    temperature=st.floats(0.1, 3),
    top_p=st.floats(0.05, 1),
    seed=st.integers(0, 10**6),
)
def test_what_top_p_leaves_out_is_never_drawn(
    scores: list[float], temperature: float, top_p: float, seed: int
) -> None:
    shares = softmax(np.array(scores) / temperature)
    place = drawn(np.array(scores), temperature, top_p, [seed])
    likelier = shares[shares > shares[place]].sum()
    assert likelier < top_p or math.isclose(likelier, top_p)


def test_draws_are_as_frequent_as_the_distribution_says() -> None:
    scores = np.array([-3.0, -1.0, -2.0])
    counts = Counter(drawn(scores, 0.8, 1.0, [seed, 5]) for seed in range(4000))
    expected = 4000 * softmax(scores / 0.8)
    assert chisquare([counts[place] for place in range(3)], expected).pvalue > 1e-3


def test_no_option_begins_another() -> None:
    """An option's log-likelihood would else count the other's as well."""
    for question in questions():
        for option in question.options:
            others = [other for other in question.options if other != option]
            assert not any(other.startswith(option) for other in others)


def test_biographies_have_no_options() -> None:
    gender = domain("gender", population())
    asked = Request(gender, NEUTRAL, PromptTemplate.shipped("gender", NEUTRAL), "x", 2, SETTINGS, 0)
    with pytest.raises(DataError, match=r"options is for survey answers \(domain culture\)"):
        asked.prompts(asked.slots()[0], 0)


def test_a_model_without_log_likelihoods_is_told(tmp_path: Path) -> None:
    class Silent(OpinionatedLM):
        def loglikelihood(
            self, requests: list[Instance], disable_tqdm: bool = False
        ) -> list[tuple[float, bool]]:
            raise NotImplementedError("none")

    class Chat(OpinionatedLM):
        def apply_chat_template(self, chat_history: object, add_generation_prompt: bool = True) -> object:  # type: ignore[override]
            return chat_history

    for lm in (Silent(), Chat()):
        with pytest.raises(GeneratorError, match=r"no log-likelihoods.*ask for written answers, or in turns"):
            draw(lm, tmp_path / "journal", NEUTRAL, 4)
