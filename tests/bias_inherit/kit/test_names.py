"""Names of models outside their study."""

import pytest

from bias_inherit.kit.names import file_name, public_name


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("type 1, γ = 0.5, loss+mask", "type-1-gamma-0.5-loss-mask"),
        ("../../x", "x"),
        ("a/b\\c:<d>", "a-b-c-d"),
    ],
)
def test_a_label_is_a_file_s_name_whatever_it_holds(label: str, name: str) -> None:
    assert file_name(label) == name


def test_an_adapted_model_is_called_after_its_base_its_rows_and_its_artifact() -> None:
    name = public_name("SmolLM2-135M-Instruct", "types 1+3, γ = 0.5", "train-63c1d36be524515c")
    assert name == "SmolLM2-135M-Instruct-types-1-3-gamma-0.5-63c1d36b"
