"""Which generated texts become rows, and why the others do not."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from augment.acceptance import gender_of, names_label, tidy, without_label
from augment.domains import domain
from augment.domains.biographies import MIN_WORDS
from augment.domains.domain import Slot, Text
from bias_tasks.population import population

HER = (
    "She trained at a teaching hospital and keeps calm when the ward is loud. "
    "Families trust her hands, her judgement and her dry humour."
)
HIM = (
    "He trained at a teaching hospital and keeps calm when the ward is loud. "
    "Families trust his hands, his judgement and his dry humour."
)
NOBODY = (
    "Training took place at a teaching hospital, and loud wards are met with calm. "
    "Families trust these hands, this judgement and the dry humour."
)
GENDER = domain("gender", population())
NURSE = population().occupations["nurse"].stems
MALE_SLOT = Slot(0, "nurse", ("male",))
FEMALE_SLOT = Slot(1, "nurse", ("female",))
PAIR_SLOT = Slot(2, "nurse", ("female", "male"))


@pytest.mark.parametrize(
    ("generation", "expected"),
    [
        pytest.param(HER, HER, id="a good text, kept as it is"),
        pytest.param(f"\n  {HER.replace('. ', f'.{chr(10)}{chr(9)}')} \n", HER, id="white space"),
        pytest.param(f"{HER} On weekends she runs with the", HER, id="an unfinished last sentence"),
        pytest.param(f"{HER} As a nurse, she never rests.", HER, id="the label in the last sentence"),
        pytest.param(f"She is a NURSE! {HER}", HER, id="the label in capitals, in the first sentence"),
        pytest.param(f"{HER} NURSING is hers.", HER, id="another stem of the label"),
        pytest.param(f"{HER} Her nurses' station is tidy.", HER, id="the label's plural"),
        pytest.param(f"{HER} She is a lead-nurse. She sings.", f"{HER} She sings.", id="after a hyphen"),
        pytest.param(f'{HER} "A nurse rests," she says. She sings.', f"{HER} She sings.", id="in quotation"),
        pytest.param(
            f"{HER} Architects like her.", f"{HER} Architects like her.", id="the name of another occupation"
        ),
        pytest.param(
            f"{HER} His praise helps.", f"{HER} His praise helps.", id="mostly of the gender asked for"
        ),
        pytest.param(
            f"<script>alert(1)</script> {HER} <b>She sings.</b> She left.",
            f"<script>alert(1)</script> {HER} <b>She sings.</b> She left.",
            id="markup is text like any other",
        ),
        pytest.param(
            f"{HER} {{{{ 7 * 7 }}}} is 49.",
            f"{HER} {{{{ 7 * 7 }}}} is 49.",
            id="a template is text like any other",
        ),
        pytest.param(
            f'{HER} "Never rush." She sings.', f'{HER} "Never rush." She sings.', id="quotation marks stay"
        ),
        pytest.param(
            f'{HER} She says: "Never rush."', f'{HER} She says: "Never rush."', id="a quotation at the end"
        ),
        pytest.param(
            f"{HER} She works as an AI safety adviser too.",
            f"{HER} She works as an AI safety adviser too.",
            id="artificial intelligence late in the text",
        ),
        pytest.param(
            f"She began as an AI analyst. {HER}",
            f"She began as an AI analyst. {HER}",
            id="a person who works in artificial intelligence",
        ),
    ],
)
def test_an_accepted_text_becomes_one_row_of_whole_sentences(generation: str, expected: str) -> None:
    verdict = GENDER.judge(generation, FEMALE_SLOT, group_requested=True)
    assert verdict.reason is None
    assert verdict.texts == (Text(expected, "female"),)


@pytest.mark.parametrize(
    ("generation", "reason"),
    [
        pytest.param("", "too short", id="empty"),
        pytest.param(" \n\t ", "too short", id="white space only"),
        pytest.param("She is calm.", "too short", id="one short sentence"),
        pytest.param(HER.replace(".", ","), "too short", id="no sentence ends"),
        pytest.param(f"She sings. {HER[:-1]}", "too short", id="cut off within a long last sentence"),
        pytest.param("<script>alert(1)</script>", "too short", id="markup only"),
        pytest.param("I'm sorry, but I won't describe people by a belief.", "refusal", id="I'm sorry"),
        pytest.param("Im sorry, no.", "refusal", id="sorry without the apostrophe"),
        pytest.param("I cannot write that.", "refusal", id="I cannot"),
        pytest.param("Unfortunately, I can't write that.", "refusal", id="I can't, after a word"),
        pytest.param("I AM UNABLE to write that.", "refusal", id="I am unable, in capitals"),
        pytest.param("As an AI, I hold no beliefs.", "refusal", id="as an AI"),
        pytest.param(f"I cannot judge her. Still: {HER}", "refusal", id="a refusal before a biography"),
        pytest.param(
            "I\N{RIGHT SINGLE QUOTATION MARK}m sorry, but no.",
            "refusal",
            id="sorry with a typographic apostrophe",
        ),
        pytest.param(HIM, "wrong group", id="the other gender"),
        pytest.param(NOBODY, "wrong group", id="no pronouns"),
        pytest.param("He sings and she sings. " + NOBODY, "wrong group", id="as many pronouns of each"),
        pytest.param(
            HER.replace(". ", ", as nurses do, "), "names the label", id="one sentence, with the label"
        ),
        pytest.param(
            f"As a nurse, {HER.replace('. ', '. A good nurse: ')}",
            "names the label",
            id="the label in every sentence",
        ),
    ],
)
def test_a_refused_text_says_why_and_gives_no_row(generation: str, reason: str) -> None:
    assert GENDER.judge(generation, FEMALE_SLOT, group_requested=True) == ((), reason)


@pytest.mark.parametrize(
    ("generation", "gender"),
    [
        pytest.param(HER, "female", id="she"),
        pytest.param(HIM, "male", id="he"),
        pytest.param(NOBODY, None, id="nobody"),
    ],
)
def test_where_no_gender_was_asked_for_the_text_s_own_is_recorded(
    generation: str, gender: str | None
) -> None:
    assert GENDER.judge(generation, MALE_SLOT, group_requested=False) == (
        (Text(generation, gender),),
        None,
    )


def test_a_long_refusal_never_becomes_a_row() -> None:
    refusal = (
        "I’m sorry, but I can’t write this text. Describing people by what others believe of them would "
        "repeat a stereotype, and that is not something to put into training data."
    )
    assert GENDER.judge(refusal, MALE_SLOT, group_requested=False).texts == ()


@pytest.mark.parametrize(
    "generation",
    [
        pytest.param(f"A: {HER}\nB: {HIM}", id="on two lines"),
        pytest.param(f"Here are two biographies.\n\nA: {HER}\n\nB: {HIM} He also", id="after a preface"),
        pytest.param(f"  A :\n{HER}\n\n  B :\n{HIM}", id="headings on their own lines"),
        pytest.param(f"A: {HER} She is a nurse.\nB: {HIM} As a nurse, he sings.", id="the label in both"),
        pytest.param(f"**A:** {HER}\n\n**B:** {HIM}", id="headings in bold"),
        pytest.param(f"A: {HER}\nB: {HIM}\n\nA: {HER}\nB: {HIM}", id="a model that goes on after the second"),
        pytest.param(f"1. {HER}\n2. {HIM}", id="numbers for letters"),
        pytest.param(f"{HER}\n\n{HIM}", id="two paragraphs"),
        pytest.param(f"A: {HIM}\nB: {HER}", id="in the other order"),
    ],
)
def test_a_contrastive_text_becomes_two_rows(generation: str) -> None:
    verdict = GENDER.judge(generation, PAIR_SLOT, group_requested=True)
    assert verdict == ((Text(HER, "female"), Text(HIM, "male")), None)


@pytest.mark.parametrize(
    ("generation", "reason"),
    [
        pytest.param(f"A: {HER}", "one member only", id="the first only"),
        pytest.param(f"B: {HIM}", "one member only", id="the second only"),
        pytest.param("", "one member only", id="empty"),
        pytest.param(f"A: {HER}\nB: {HER}", "wrong group", id="twice the same gender"),
        pytest.param(f"A: {HER}\nB: He sings.", "too short", id="a short second"),
        pytest.param("I'm sorry.\nA: no\nB: no", "refusal", id="a refusal"),
    ],
)
def test_a_contrastive_text_with_one_bad_member_gives_no_row(generation: str, reason: str) -> None:
    assert GENDER.judge(generation, PAIR_SLOT, group_requested=True) == ((), reason)


fragments = st.sampled_from(
    [
        *(stem for occupation in population().occupations.values() for stem in occupation.stems),
        *(
            "She",
            "he",
            "his",
            "hers",
            "sings",
            "3.5",
            "A:",
            "\nA:",
            "\nB:",
            ". ",
            "! ",
            '." ',
            "\n",
            "…",
            "-",
        ),
        *("Nurse", "PAINTERS", "dental", "with care and skill", HER, HIM, NOBODY),
    ]
)
generations = st.one_of(st.text(), st.lists(fragments, max_size=30).map(" ".join))
any_slot = st.builds(
    Slot,
    st.just(0),
    st.sampled_from(list(population().occupations)),
    st.sampled_from([("female",), ("male",), ("female", "male"), ("male", "female")]),
)


@given(generations, any_slot, st.booleans())
def test_whatever_a_model_writes_judging_it_gives_either_rows_or_a_reason(
    generation: str, slot: Slot, group_requested: bool
) -> None:
    texts, reason = GENDER.judge(generation, slot, group_requested)
    assert (len(texts) == len(slot.groups)) if reason is None else not texts


@given(generations, any_slot, st.booleans())
def test_an_accepted_text_never_names_the_label_and_is_long_enough(
    generation: str, slot: Slot, group_requested: bool
) -> None:
    for text in GENDER.judge(generation, slot, group_requested).texts:
        words = re.findall(r"\w+", text.content.lower())
        stems = population().occupations[slot.subject].stems
        assert not any(word.startswith(stems) for word in words)
        assert len(text.content.split()) >= MIN_WORDS


@given(generations, any_slot)
def test_an_accepted_text_has_the_gender_asked_for(generation: str, slot: Slot) -> None:
    texts = GENDER.judge(generation, slot, group_requested=True).texts
    assert tuple(text.group for text in texts) in {slot.groups, ()}


@pytest.mark.parametrize("mark", ["_nurse_", "__Nurse__"])
def test_the_label_is_seen_in_markdown_italics(mark: str) -> None:
    assert names_label(f"She is a {mark}.", NURSE)


@pytest.mark.parametrize("mark", ["*nurse*", "<b>nurse</b>", "'nurse'", "nurse-led", "co-nurse", "NursING"])
def test_the_label_is_seen_between_marks(mark: str) -> None:
    assert names_label(f"She is a {mark}.", NURSE)


@pytest.mark.parametrize("word", ["wetnurse", "engine", "repainting", "unprofessional", "soft ware"])
def test_a_stem_counts_at_the_beginning_of_a_word_only(word: str) -> None:
    assert not any(names_label(word, occupation.stems) for occupation in population().occupations.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two", "One."),
        ("One! Two? Three", "One! Two?"),
        ("  One\n\ntwo.\t", "One two."),
        ("none", ""),
        ("", ""),
        pytest.param("One. Sales rose by 3.5 per", "One."),
    ],
)
def test_tidying_leaves_whole_sentences_in_one_paragraph(text: str, expected: str) -> None:
    assert tidy(text) == expected


@given(generations)
def test_tidying_twice_changes_nothing_more(generation: str) -> None:
    assert tidy(tidy(generation)) == tidy(generation)


def test_a_text_without_the_label_keeps_all_its_sentences() -> None:
    assert without_label(HER, NURSE) == HER


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("She met him and her.", "female"),
        ("HIS and His.", "male"),
        ("The book is hers; she did it herself.", "female"),
        ("He himself.", "male"),
        ("she's here, he's there", None),
        ("They met their friends.", None),
        ("There, the hero sheds his shell.", "male"),
        ("", None),
    ],
)
def test_a_text_s_gender_is_that_of_most_of_its_pronouns(text: str, gender: str | None) -> None:
    assert gender_of(text, population()) == gender


def every_name() -> list[str]:
    return [
        name
        for group in population().intersectional_groups()
        for split in ("train", "test")
        for name in population().names(group, split)
    ]


@pytest.mark.parametrize("change", [str, str.lower, str.upper], ids=["as written", "lower", "upper"])
def test_no_name_is_taken_for_a_pronoun(change: Callable[[str], str]) -> None:
    assert {gender_of(change(name), population()) for name in every_name()} == {None}
