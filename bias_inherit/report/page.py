"""The page as HTML. Whatever a model wrote is escaped."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any, Literal, NamedTuple

import yaml
from jinja2 import Environment

from augment.bias_types import BIAS_TYPES
from bias_inherit.compare.placebo import MEANS
from bias_inherit.compare.wording import (
    asked,
    clusters,
    in_placebos,
    p_of_k,
    times,
    with_bounds,
    with_error,
    with_interval,
)
from bias_inherit.kit.pages import html_environment
from bias_inherit.kit.quantities import bounds, duration, number, p_value, signed
from bias_inherit.models.embedded import NAME as EMBEDDED_MODEL
from bias_inherit.report.control_words import (
    CAUSES,
    MORE_ROWS,
    found_in_words,
    monotone_in_words,
    nothing_in_words,
    of_what,
    rejections_in_words,
    sees_more_rows,
    share_in_words,
    shares_of_seeds_in_words,
)
from bias_inherit.report.declared_tests import MAP_FAMILY
from bias_inherit.report.figures import ReportFigure
from bias_inherit.report.figures.dose import STEP
from bias_inherit.report.figures.draw import compared_by_group, rounds, slug
from bias_inherit.report.figures.inline import inline_svg
from bias_inherit.report.gather import ReportData
from bias_inherit.report.seeded_words import about_seeds
from bias_inherit.report.summary import summary
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import (
    BOOTSTRAP_DRAWS,
    EXCHANGES,
    FEWEST_CLUSTERS,
    FEWEST_SEEDS,
    FURTHER_EXCHANGES,
    FURTHER_PERMUTATIONS,
    PERMUTATIONS,
    SMALL_SLICE,
)


class Section(NamedTuple):
    """A section of the page, in `templates/sections/<part>/<name>.html.jinja`.

    Attributes:
        part: What it is about: what came out, what went in, or how it was done.
        is_there: Whether the experiment has something for it.
    """

    name: str
    part: Literal["results", "data", "method"]
    title: str
    is_there: Callable[[ReportData], bool] = lambda _: True


SECTIONS = (
    Section("summary", "results", "What came out"),
    Section(
        "controls",
        "results",
        "Planted controls: is what was planted found?",
        lambda data: data.controls is not None,
    ),
    Section(
        "headline",
        "results",
        "The headline: what moved, and which way",
        lambda data: bool(data.tests.headline),
    ),
    Section("ended", "results", "At which block tasks ended", lambda data: data.ended is not None),
    Section("asked", "data", "What was asked and run"),
    Section(
        "dose",
        "results",
        "Dose and response: the gap over γ",
        lambda data: bool(data.tests.doses),
    ),
    Section("map", "results", "Which bias type moves which task", lambda data: bool(data.tests.doses)),
    Section(
        "lean",
        "results",
        "Which way answers lean",
        lambda data: any(result.task.lean for result in data.tasks),
    ),
    Section(
        "placebo",
        "results",
        "Beside the placebo",
        lambda data: any(data.placebo),
    ),
    Section("values", "results", "All models and tasks"),
    Section("groups", "results", "Groups side by side"),
    Section(
        "mitigations",
        "results",
        "Do mitigations help?",
        lambda data: bool(data.tests.against_unmitigated),
    ),
    Section(
        "relation",
        "results",
        "Tasks about bias against other tasks",
        lambda data: {one.relation for one in data.tests.related} == {"direct", "indirect"},
    ),
    Section("rounds", "results", "Round after round", lambda data: bool(rounds(data))),
    Section("seeds", "results", "Several training seeds", lambda data: bool(data.tests.seeded)),
    Section("generated", "data", "What the model wrote", lambda data: bool(data.generated)),
    Section("planted", "data", "What was planted", lambda data: bool(data.planted)),
    Section("audits", "data", "Audits: distribution and values", lambda data: bool(data.audits)),
    Section("flips", "results", "Answers that changed", lambda data: bool(data.flips)),
    Section("invalid", "results", "Invalid answers"),
    Section("training", "data", "Training", lambda data: bool(data.curves)),
    Section("tests", "method", "How the numbers are made"),
    Section("choices", "method", "Declared choices: the paper's and ours"),
    Section("run", "method", "Steps, versions, settings"),
    Section("cite", "method", "How to cite"),
)


def citation(versions: Mapping[str, str]) -> str:
    """BibTeX entries with the versions that were used."""
    text = (files("bias_inherit.report") / "citation.bib").read_text(encoding="utf-8")
    text = text.replace("VERSION_OF_BIAS_INHERIT", versions.get("bias-inherit", "unknown"))
    return text.replace("VERSION_OF_LM_EVAL", versions.get("lm-eval", "unknown"))


@cache
def choices() -> list[dict[str, Any]]:
    """What the paper states and what this project declares."""
    text = (files("bias_inherit.report") / "choices.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)
    return found


@cache
def _environment() -> Environment:
    environment = html_environment("bias_inherit.report")
    environment.filters |= {
        "bounds": bounds,
        "inline_svg": inline_svg,
        "number": number,
        "p": p_value,
        "duration": duration,
        "signed": signed,
        "slug": slug,
        "asked": asked,
        "times": times,
        "in_placebos": in_placebos,
        "p_of_k": p_of_k,
        "clusters": clusters,
        "rejections_in_words": rejections_in_words,
        "nothing_in_words": nothing_in_words,
        "found_in_words": found_in_words,
        "of_what": of_what,
        "about_seeds": about_seeds,
        "monotone_in_words": monotone_in_words,
        "share_in_words": share_in_words,
        "shares_of_seeds_in_words": shares_of_seeds_in_words,
        "with_bounds": with_bounds,
        "with_error": with_error,
        "with_interval": with_interval,
    }
    return environment


def _without_folders(settings: Any) -> Any:
    """Every absolute path cut to its last part: a page to pass on names no folder of this machine."""
    match settings:
        case dict():
            return {key: _without_folders(value) for key, value in settings.items()}
        case list():
            return [_without_folders(value) for value in settings]
        case str() if PurePath(settings).is_absolute():
            return PurePath(settings).name
    return settings


def render_page(data: ReportData, figures: Mapping[str, ReportFigure], is_alone: bool = False) -> str:
    """The whole page.

    Args:
        figures: By name.
        is_alone: Without links to the files that lie beside it in a report's folder.
    """
    asked_for = data.experiment.model_dump(mode="json")
    settings = _without_folders(asked_for) if is_alone else asked_for
    constants = {
        "draws": BOOTSTRAP_DRAWS,
        "exchanges": EXCHANGES,
        "permutations": PERMUTATIONS,
        "further_exchanges": FURTHER_EXCHANGES,
        "further_permutations": FURTHER_PERMUTATIONS,
        "fewest_clusters": FEWEST_CLUSTERS,
        "fewest_seeds": FEWEST_SEEDS,
        "small_slice": SMALL_SLICE,
        "step": STEP,
    }
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            data=data,
            found=data.tests,
            figures=figures,
            is_alone=is_alone,
            sections=[section for section in SECTIONS if section.is_there(data)],
            sentences=summary(data),
            settings=yaml.safe_dump(settings, sort_keys=False, allow_unicode=True),
            choices=choices(),
            citation=citation(data.manifests[-1]["versions"]),
            catalogue=ALL_TASKS,
            bias_types={bias_type.number: bias_type.label for bias_type in BIAS_TYPES},
            is_embedded=data.base.name == EMBEDDED_MODEL,
            seconds=sum(manifest.get("seconds", 0) for manifest in data.manifests),
            map_family=MAP_FAMILY,
            compared_by_group=compared_by_group,
            placebo_means=MEANS,
            causes=CAUSES,
            more_rows=MORE_ROWS if sees_more_rows(data) else "",
            **constants,
        )
    )
