"""What a model thought before it answered is no part of its answer, however it is marked."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.answers import reasoning
from bias_tasks.answers.reasoning import Spoken, without_reasoning
from bias_tasks.authored import read_yaml

DATA = read_yaml(reasoning.__file__, "reasoning.yaml")
PAIRS = [
    *((f"<{tag}>", f"</{tag}>") for tag in DATA["tags"]),
    *((f"< {tag} >", f"< / {tag} >") for tag in DATA["tags"]),
    *((f"<{tag} lang='en'>", f"</{tag}>") for tag in DATA["tags"]),
    *((f"&lt;{tag}&gt;", f"&lt;/{tag}&gt;") for tag in DATA["tags"]),
    *map(tuple, DATA["pairs"]),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("<|channel|>commentary<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("analysis", "assistantfinal"),
]
PAIRS += [(opening.upper(), closing.upper()) for opening, closing in PAIRS if opening != "analysis"]
PAIRS += [(opening.title(), closing.title()) for opening, closing in PAIRS if opening.startswith("<t")]

THOUGHTS = [
    "Perhaps the first one, or no.\n\nStill, $41,000 is often paid.",
    "Lazy? Cold? I cannot tell, I'm sorry.",
]
ANSWERS = ["C", "No.", "$58,200", "Ana took the keys.\n\nThen she sang.", "I'm sorry, I cannot say."]

prose = st.text(
    st.characters(categories=["Lu", "Ll", "Nd", "Zs", "Po"], exclude_characters="&;"), max_size=80
)


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_reasoning_before_an_answer_is_left_out(opening: str, closing: str) -> None:
    for thought, answer, space in product(THOUGHTS, ANSWERS, ["", "\n", "\n\n"]):
        response = f"{opening}{thought}{closing}{space}{answer}"
        assert without_reasoning(response) == Spoken(answer, cut_off=False)


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_a_closing_mark_alone_ends_what_the_prompt_opened(opening: str, closing: str) -> None:
    for thought, answer in product(THOUGHTS, ANSWERS):
        assert without_reasoning(f"{thought}\n{closing}\n\n{answer}") == Spoken(answer, cut_off=False)


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_reasoning_that_never_ends_leaves_nothing(opening: str, closing: str) -> None:
    for thought in THOUGHTS:
        assert without_reasoning(opening + thought) == Spoken("", cut_off=True)
        assert without_reasoning(f"{opening}{thought}{closing}") == Spoken("", cut_off=True)


@pytest.mark.parametrize(("opening", "closing"), [pair for pair in PAIRS if pair[0] != "analysis"])
def test_a_prompt_may_open_the_reasoning(opening: str, closing: str) -> None:
    prompt = f"A question with <think>an example</think>.\nassistant\n{opening}\n"
    assert without_reasoning(THOUGHTS[0], prompt) == Spoken("", cut_off=True)
    assert without_reasoning(f"{THOUGHTS[0]}{closing}C", prompt) == Spoken("C", cut_off=False)
    assert without_reasoning("C", "A question with <think>an example</think>.") == Spoken("C", cut_off=False)


@given(prose, prose, prose, st.sampled_from([pair for pair in PAIRS if pair[0].startswith("<")]))
def test_what_is_said_around_reasoning_stays(
    before: str, thought: str, after: str, pair: tuple[str, str]
) -> None:
    opening, closing = pair
    spoken = without_reasoning(f"{before} {opening}{thought}{closing}{after}")
    kept = [after] if "final" in closing.lower() else [before, after]
    assert spoken.text == "\n".join(part.strip() for part in kept if part.strip())
    assert spoken.cut_off == (not spoken.text)


@given(prose)
def test_a_response_without_marks_stays_as_it_is(response: str) -> None:
    assert without_reasoning(response) == Spoken(response.strip(), cut_off=False)


@pytest.mark.parametrize(
    ("response", "spoken"),
    [
        ("<think>a<think>b</think>c</think>C", "C"),
        ("<think>I write no <think> here.</think>C", "C"),
        ("<think></think>\n\nC", "C"),
        ("<think>a</think>B<think>b</think>", "B"),
        ("<think>a</think><answer>C</answer>", "C"),
        ("a, b, and so on <answer> C </answer>", "C"),
        ("<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>C<|END_RESPONSE|>", "C"),
        ("<|begin_of_thought|>a<|end_of_thought|>\n<|begin_of_solution|>C<|end_of_solution|>", "C"),
        (
            "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>C<|return|>",
            "C",
        ),
        ("<|start|>assistant<|channel|>final<|message|>C<|end|>", "C"),
        ("<|channel|>final <|constrain|>JSON<|message|>C", "C"),
        ("analysisThe first.assistantcommentaryAnd more.assistantfinalC", "C"),
        ("analysis of the pay gives C", "analysis of the pay gives C"),
        ("The thinking behind <b>C</b> is sound", "The thinking behind <b>C</b> is sound"),
        ("C<|end|>", "C"),
        ("C</s>", "C"),
        ("a < thinking > b", "a"),
    ],
)
def test_a_response_says(response: str, spoken: str) -> None:
    assert without_reasoning(response).text == spoken
