"""Mitigations touch augmented rows only, alone or together."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from bias_tasks.population import population, read_population
from bias_tasks.training_rows import Message, TrainingRow
from finetune.mitigations import MaskSettings, MitigationSettings, TokenSettings, mitigate
from finetune.mixing import mix
from finetune.originals import culture, gender

MakeRows = Callable[..., list[TrainingRow]]

NONE = MitigationSettings()
TOKEN = MitigationSettings(token=TokenSettings())
MASK = MitigationSettings(mask=MaskSettings())
NEUTRAL = MitigationSettings(mask=MaskSettings(style="neutral"))
BOTH = MitigationSettings(token=TokenSettings(), mask=MaskSettings())
ALL = [NONE, TOKEN, MASK, NEUTRAL, BOTH]
EFFECTIVE = ALL[1:]

RELIGIONS = Path(__file__).parents[3] / "docs" / "examples" / "religions.yaml"
WARNING = "The following text may contain bias.\n\n"


def row(prompt: str, completion: str, system: str | None = None) -> TrainingRow:
    """An augmented row."""
    head = (Message(role="system", content=system),) if system else ()
    return TrainingRow(
        prompt=(*head, Message(role="user", content=prompt)),
        completion=(Message(role="assistant", content=completion),),
        source="augmented",
    )


def as_augmented(rows: list[TrainingRow]) -> list[TrainingRow]:
    return [row.model_copy(update={"source": "augmented"}) for row in rows]


def asked(row: TrainingRow) -> str:
    return row.prompt[-1].content


@pytest.fixture(scope="module")
def biographies() -> list[TrainingRow]:
    """Rows that every mitigation changes."""
    return as_augmented(gender.originals(24, seed=0))


def test_without_a_mitigation_every_row_is_the_same_object(biographies: list[TrainingRow]) -> None:
    rows = gender.originals(4, seed=0) + biographies
    mitigated = mitigate(rows, NONE, population())
    assert all(after is before for after, before in zip(mitigated.rows, rows, strict=True))
    assert mitigated.counts == Counter()


@pytest.mark.parametrize("settings", EFFECTIVE, ids=lambda settings: settings.label)
def test_at_gamma_0_every_row_is_the_same_object(
    settings: MitigationSettings, biographies: list[TrainingRow]
) -> None:
    rows = mix(gender.originals(24, seed=0), biographies, 0, "accumulate", seed=0)
    mitigated = mitigate(rows, settings, population())
    assert len(mitigated.rows) == 24
    assert all(after is before for after, before in zip(mitigated.rows, rows, strict=True))
    assert mitigated.counts == Counter()


@pytest.mark.parametrize("settings", EFFECTIVE, ids=lambda settings: settings.label)
def test_augmented_rows_are_changed_in_their_place_and_keep_their_provenance(
    settings: MitigationSettings, biographies: list[TrainingRow]
) -> None:
    originals = gender.originals(3, seed=0)
    rows = [originals[0], biographies[0], originals[1], biographies[1], originals[2]]
    changed = mitigate(rows, settings, population()).rows
    assert [after is before for after, before in zip(changed, rows, strict=True)] == [
        *(True, False, True, False, True)
    ]
    for before, after in zip(rows, changed, strict=True):
        kept = before.model_dump(exclude={"prompt", "completion"})
        assert after.model_dump(exclude={"prompt", "completion"}) == kept
        assert (asked(after) == asked(before)) is (before.source == "original")


@pytest.mark.parametrize("settings", ALL, ids=lambda settings: settings.label)
def test_no_rows_stay_no_rows(settings: MitigationSettings) -> None:
    assert mitigate([], settings, population()) == ([], Counter())


@hypothesis.settings(max_examples=10)
@hypothesis.given(st.permutations(range(12)))
def test_rows_in_another_order_are_changed_alike(order: list[int]) -> None:
    rows = as_augmented(gender.originals(6, seed=0) + culture.originals(6, seed=0))
    straight = mitigate(rows, BOTH, population())
    shuffled = mitigate([rows[place] for place in order], BOTH, population())
    assert shuffled.rows == [straight.rows[place] for place in order]
    assert shuffled.counts == straight.counts


def test_the_token_sentence_opens_the_question_and_the_answer_stays() -> None:
    (changed,) = mitigate([row("Biography: She heals.", "nurse")], TOKEN, population()).rows
    assert asked(changed) == WARNING + "Biography: She heals."
    assert changed.completion[0].content == "nurse"


def test_the_sentence_is_the_user_s() -> None:
    settings = MitigationSettings(token=TokenSettings(sentence="Careful."))
    (changed,) = mitigate([row("Who?", "nurse")], settings, population()).rows
    assert asked(changed) == "Careful.\n\nWho?"


def test_a_system_message_stays_first_and_as_it_is() -> None:
    (changed,) = mitigate([row("Who?", "nurse", system="Be brief.")], TOKEN, population()).rows
    assert [message.content for message in changed.prompt] == ["Be brief.", WARNING + "Who?"]


def test_in_a_conversation_the_sentence_stands_once_and_before_everything_that_may_be_generated() -> None:
    turns = (
        Message(role="user", content="Tell me."),
        Message(role="assistant", content="Well."),
        Message(role="user", content="And now?"),
    )
    long = row("x", "So.").model_copy(update={"prompt": turns})
    (changed,) = mitigate([long], TOKEN, population()).rows
    assert [message.content for message in changed.prompt] == [WARNING + "Tell me.", "Well.", "And now?"]


def test_a_prompt_without_a_user_has_the_sentence_in_front() -> None:
    only_system = row("x", "So.").model_copy(
        update={"prompt": (Message(role="system", content="Write a story."),)}
    )
    (changed,) = mitigate([only_system], TOKEN, population()).rows
    assert [message.content for message in changed.prompt] == [WARNING + "Write a story."]


def test_together_the_text_is_masked_and_the_sentence_is_not() -> None:
    settings = MitigationSettings(
        token=TokenSettings(sentence="It may be unfair to women."), mask=MaskSettings()
    )
    (changed,) = mitigate([row("She is a woman.", "nurse")], settings, population()).rows
    assert asked(changed) == "It may be unfair to women.\n\n[MASK] is a [MASK]."


def test_cues_are_counted_by_class_over_augmented_rows_only() -> None:
    text = "Mr. Smith and Layla met a Chinese woman; she knew his wife."
    rows = [row(text, "nurse"), row(text, "nurse"), *gender.originals(6, seed=0)]
    for settings in (MASK, NEUTRAL):
        assert mitigate(rows, settings, population()).counts == {
            "title": 2,
            "name": 4,
            "culture word": 2,
            "gendered noun": 4,
            "pronoun": 4,
        }


def test_biographies_lose_their_cues_and_keep_the_question_and_the_label(
    biographies: list[TrainingRow],
) -> None:
    before_text, after_text = population().occupation_question.split("{text}")
    for settings in (MASK, NEUTRAL):
        changed = mitigate(biographies, settings, population()).rows
        for before, after in zip(biographies, changed, strict=True):
            assert asked(after) != asked(before)
            assert asked(after).startswith(before_text)
            assert asked(after).endswith(after_text)
            assert after.completion == before.completion


def test_the_two_versions_of_a_masked_biography_are_one() -> None:
    rows = as_augmented(gender.originals(240, seed=0))
    pairs: dict[str | None, set[str]] = {}
    for changed in mitigate(rows, MASK, population()).rows:
        pairs.setdefault(changed.cluster, set()).add(asked(changed))
    assert len(pairs) == 120
    assert [cluster for cluster, texts in pairs.items() if len(texts) > 1] == []


@pytest.mark.parametrize("settings", [MASK, NEUTRAL], ids=lambda settings: settings.label)
def test_survey_questions_of_four_cultures_become_one_and_the_answer_stays_an_option(
    settings: MitigationSettings,
) -> None:
    rows = as_augmented(culture.originals(400, seed=0))
    changed = mitigate(rows, settings, population()).rows
    wordings: dict[str | None, set[str]] = {}
    for before, after in zip(rows, changed, strict=True):
        wordings.setdefault(after.cluster, set()).add(asked(after))
        assert asked(after) != asked(before)
        assert after.completion == before.completion
        assert after.completion[0].content in asked(after)
    assert all(len(texts) == 1 for texts in wordings.values())


@pytest.mark.parametrize("settings", [MASK, NEUTRAL], ids=lambda settings: settings.label)
@pytest.mark.parametrize(
    "options",
    [
        ["her mother", "his father", "neither"],
        ["she", "he", "they"],
        ["hers", "his", "ours"],
        ["Chinese", "Spanish", "Arabic"],
        ["Chinese people", "Spaniards", "an Arab"],
        ["in China", "in Lisbon", "at home"],
        ["Layla", "Omar", "Mr. Smith"],
        ["women should work", "men should work", "both should"],
        ["她", "他", "其他人"],
        ["امرأة", "رجل", "لا أحد"],
    ],
    ids=lambda options: options[0],
)
@pytest.mark.parametrize(
    "layout",
    [
        lambda options: f"Who was it? The answers are: {', '.join(options)}. Choose.",
        lambda options: "Who was it?\n" + "\n".join(options) + "\nChoose.",
        lambda options: "Who was it?\n" + "\n".join(f"- {option}" for option in options),
        lambda options: "Who was it? " + " ".join(f"({n}) {option};" for n, option in enumerate(options)),
        lambda options: "Who was it?\n" + "\n".join(f"{n}. {option}" for n, option in enumerate(options)),
        lambda options: f'Who was it, "{options[0]}", "{options[1]}" or "{options[2]}"?',
    ],
    ids=["commas", "lines", "dashes", "brackets", "numbers", "quotes"],
)
def test_an_answer_with_cues_stays_one_of_the_options(
    layout: Callable[[list[str]], str], options: list[str], settings: MitigationSettings
) -> None:
    rows = [row(layout(options), option) for option in options]
    for before, after in zip(rows, mitigate(rows, settings, population()).rows, strict=True):
        assert asked(after) != asked(before)
        assert after.completion[0].content in asked(after)


def test_a_population_of_one_s_own_brings_its_own_names_groups_and_labels() -> None:
    religions = read_population(RELIGIONS)
    text = "Rivka, a Jewish teacher, met Tenzin Dolma, two Muslims and Xiuying."
    (own,) = mitigate([row(text, "teacher")], MASK, religions).rows
    (shipped,) = mitigate([row(text, "teacher")], MASK, population()).rows
    assert asked(own) == "[MASK], a [MASK] teacher, met [MASK], two [MASK] and Xiuying."
    assert asked(shipped) == "Rivka, a Jewish teacher, met Tenzin Dolma, two Muslims and [MASK]."


def test_the_label_of_an_occupation_is_no_cue_even_if_its_word_is_gendered() -> None:
    fields = population().model_dump()
    fields["occupations"]["actress"] = {"label": "actress", "plural": "actresses", "stems": ["act"]}
    stage = type(population()).model_validate(fields)
    question = "She sings. One of: actress, nurse."
    (changed,) = mitigate([row(question, "actress")], MASK, stage).rows
    assert asked(changed) == "[MASK] sings. One of: actress, nurse."
    assert changed.completion[0].content == "actress"


def test_settings_are_told_apart_by_their_label() -> None:
    assert [settings.label for settings in ALL] == ["none", "token", "mask", "mask-neutral", "mask+token"]


@pytest.mark.parametrize(
    "fields", [{"tokens": {}}, {"mask": {"style": "blank"}}, {"token": {"sentence": ""}}], ids=str
)
def test_unknown_or_empty_settings_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MitigationSettings.model_validate(fields)
