"""What a model says around a text is no part of it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from augment.domains import domain
from augment.domains.domain import Slot, Text
from augment.small_talk import is_small_talk, without_small_talk
from bias_tasks.population import population

GENDER = domain("gender", population())
BIOGRAPHY = (
    "She learned her trade in a harbour town and still sketches every roof that she passes. "
    "Her days begin with plans and end with dust, and she explains both with the same patience."
)
OTHER = BIOGRAPHY.replace("She", "He").replace("she", "he").replace("Her", "His").replace("her ", "his ")
TEXTS = {
    "english": BIOGRAPHY,
    "spanish": "Aprendió su oficio en un puerto. Explica cada plano con paciencia.",
    "portuguese": "Aprendeu o ofício num porto. Explica cada planta com paciência.",
    "chinese": "她在港口城市学会了这门手艺。她总是耐心地解释每一张图纸。",
    "arabic": "تعلمت مهنتها في مدينة ساحلية. تشرح كل مخطط بصبر.",
}
LEADS = [
    "Sure! ",
    "Certainly.\n\n",
    "Of course! Here's a biography for you:\n\n",
    "Okay, here is a short text about the person:\n\n",
    "Here is the biography:\n",
    "Here is a biography of about 60 words.\n\n",
    "Below is a short biography as you wished:\n\n",
    "Absolutely! I'd be happy to help. Here is one:\n\n",
    "Biography: ",
    "**Biography:** ",
    "**Biography**\n\n",
    "# Short biography\n\n",
    "## A life with plans\n",
    "**A Life with Plans**\n\n",
    "---\n",
    "Sure, here's the text:\n\n**Bio:**\n\n",
]
CLOSINGS = [
    "\n\nLet me know if you would like a longer one!",
    " Let me know if I should change it.",
    "\n\nI hope this helps!",
    "\n\nWould you like me to add anything? I hope this is useful.",
    "\n\n(62 words)",
    "\n\nWord count: 62.",
    "\n\n---\n\nFeel free to ask for another version.",
    "\n\n*Note: this person is invented.*",
    "\n\nIf you'd like, I can write it more formally.",
]
ABROAD = {
    "spanish": (
        "¡Claro! Aquí tienes una breve biografía:\n\n",
        "\n\nEspero que te sea útil. Avísame si quieres cambios.",
    ),
    "portuguese": (
        "Com certeza! Aqui está uma biografia:\n\n",
        "\n\nEspero que ajude! Se precisar de algo, diga.",
    ),
    "chinese": ("好的！以下是一篇简短的传记：\n\n", "\n\n希望这对您有帮助！如果您需要修改，请告诉我。"),
    "arabic": ("بالتأكيد! إليك سيرة قصيرة:\n\n", "\n\nآمل أن تكون مفيدة. أخبرني إن أردت تعديلا."),
}


@pytest.mark.parametrize("lead", ["", *LEADS])
def test_what_is_said_around_a_text_is_left_out(lead: str) -> None:
    spoken = {lead + BIOGRAPHY + closing for closing in ["", *CLOSINGS]}
    assert {text: without_small_talk(text) for text in spoken} == dict.fromkeys(spoken, BIOGRAPHY)


@pytest.mark.parametrize("language", ABROAD)
def test_it_is_left_out_in_the_languages_of_the_tasks(language: str) -> None:
    lead, closing = ABROAD[language]
    text = TEXTS[language]
    for before, behind in product(("", lead), ("", closing)):
        assert without_small_talk(before + text + behind) == text


@pytest.mark.parametrize(
    "text",
    [
        BIOGRAPHY,
        f"Certainly an early riser, she sings. {BIOGRAPHY}",
        f"Great with numbers, she sings. {BIOGRAPHY}",
        f"Of course she sings. {BIOGRAPHY}",
        f'{BIOGRAPHY} "Let me know," she says to all who come.',
        f'{BIOGRAPHY} "I hope this holds," she says.',
        f"If you want a plan, she draws it. {BIOGRAPHY}",
        f"A: {BIOGRAPHY}",
        f"**A:**\n{BIOGRAPHY}",
        f"**A**\n{BIOGRAPHY}",
        f"# 1\n{BIOGRAPHY}",
        *TEXTS.values(),
    ],
)
def test_a_text_of_its_own_stays_whole(text: str) -> None:
    assert without_small_talk(text) == text
    assert not is_small_talk(text)


@pytest.mark.parametrize(
    "text",
    [
        f"Here is somebody who learned early and {BIOGRAPHY}",
        f"{BIOGRAPHY} Let me know what you think. Other versions are easily made.",
        f"{BIOGRAPHY}\n\nPlease feel free to edit it. It has 60 words.",
    ],
)
def test_small_talk_that_cannot_be_parted_from_the_text_refuses_it(text: str) -> None:
    assert GENDER.judge(text, Slot(0, "painter", ("female",)), group_requested=True) == ((), "small talk")


@pytest.mark.parametrize(("lead", "closing"), product(["", *LEADS], ["", *CLOSINGS]))
def test_an_accepted_biography_is_the_text_alone(lead: str, closing: str) -> None:
    verdict = GENDER.judge(lead + BIOGRAPHY + closing, Slot(0, "painter", ("female",)), group_requested=True)
    assert verdict == ((Text(BIOGRAPHY, "female"),), None)


@pytest.mark.parametrize(("lead", "closing"), product(["", *LEADS], ["", *CLOSINGS]))
@pytest.mark.parametrize("form", ["A: {}\n\nB: {}", "**A:**\n{}\n\n**B:**\n{}", "1. {}\n2. {}", "{}\n\n{}"])
def test_of_two_biographies_too(form: str, lead: str, closing: str) -> None:
    text = lead + form.format(BIOGRAPHY, OTHER) + closing
    verdict = GENDER.judge(text, Slot(0, "painter", ("female", "male")), group_requested=True)
    assert verdict == ((Text(BIOGRAPHY, "female"), Text(OTHER, "male")), None)


@given(st.text())
def test_leaving_out_twice_changes_nothing_more(text: str) -> None:
    assert without_small_talk(without_small_talk(text)) == without_small_talk(text)
