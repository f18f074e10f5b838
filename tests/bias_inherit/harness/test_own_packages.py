"""Packages of the same names that other distributions bring: told in a line before anything is imported."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
PACKAGES = ("bias_inherit", "bias_tasks", "augment", "finetune")


def checkout(folder: Path) -> Path:
    """A folder from which all our packages are imported; a test may change `augment` and `finetune`."""
    folder.mkdir()
    for name in ("bias_inherit", "bias_tasks"):
        (folder / name).symlink_to(REPOSITORY / name)
    for name in ("augment", "finetune"):
        ignored = shutil.ignore_patterns("__pycache__", "corpus")
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignored)
    return folder


def recorded(site: Path, distribution: str, *files: Path) -> None:
    """What pip writes about a distribution that it put there."""
    about = site / f"{distribution.replace('-', '_')}-0.1.0.dist-info"
    about.mkdir()
    head = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 0.1.0\n"
    needs = "".join(f"Requires-Dist: {needed}\n" for needed in requires("bias-inherit") or ())
    (about / "METADATA").write_text(head + needs)
    digests = {file: hashlib.sha256(file.read_bytes()).digest() for file in files}
    coded = {file: base64.urlsafe_b64encode(digest).decode().rstrip("=") for file, digest in digests.items()}
    lines = [f"{file.relative_to(site)},sha256={coded[file]},{file.stat().st_size}\n" for file in files]
    (about / "RECORD").write_text("".join(lines))


def install_ours(site: Path) -> Path:
    """Our packages and pip's record of them."""
    checkout(site)
    recorded(site, "bias-inherit", *(f for name in PACKAGES for f in sorted((site / name).rglob("*.py"))))
    return site


def install_theirs(site: Path, name: str, *, as_module: bool = False) -> Path:
    """Another distribution with a package or module of that name."""
    package = site / f"{name}.py" if as_module else site / name / "__init__.py"
    package.parent.mkdir(parents=True, exist_ok=True)
    package.write_text("SOMETHING_ELSE = True\n")
    further = [] if as_module else [package.with_name("theirs.py")]
    for file in further:
        file.write_text("")
    recorded(site, f"other-{name}", package, *further)
    return site


def command(*places: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command line with Python's path beginning with these folders."""
    program = "from bias_inherit.__main__ import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "task-path"],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places)), "COLUMNS": "400"},
        check=False,
    )


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return install_ours(tmp_path / "site-packages")


def test_nothing_is_told_where_our_packages_are_alone(ours: Path, tmp_path: Path) -> None:
    for place in (ours, checkout(tmp_path / "checkout")):
        done = command(place, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["augment", "finetune"])
@pytest.mark.parametrize("as_module", [False, True])
def test_another_distribution_in_front_of_a_checkout_is_named_with_the_remedy(
    name: str, as_module: bool, tmp_path: Path
) -> None:
    theirs = install_theirs(tmp_path / "site-packages", name, as_module=as_module)
    folder = checkout(tmp_path / "checkout")
    done = command(theirs, folder, cwd=tmp_path)
    where = theirs / (f"{name}.py" if as_module else name)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: Python would import {name} from {where} (of the distribution other-{name}), not from "
        f"{folder / name}: pip uninstall other-{name}, or install bias-inherit in an environment of its own\n"
    )


def test_a_folder_of_nobodys_in_front_of_ours_is_named(tmp_path: Path) -> None:
    (tmp_path / "scripts" / "augment").mkdir(parents=True)
    (tmp_path / "scripts" / "augment" / "__init__.py").write_text("")
    done = command(tmp_path / "scripts", checkout(tmp_path / "checkout"), cwd=tmp_path)
    assert done.returncode == 1
    assert f"take {tmp_path / 'scripts'} off Python's path" in done.stderr


def test_a_folder_without_code_in_front_of_ours_is_none_of_it(ours: Path, tmp_path: Path) -> None:
    (tmp_path / "data" / "finetune").mkdir(parents=True)
    done = command(tmp_path / "data", ours, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["augment", "finetune"])
def test_a_package_that_another_distribution_overwrote_is_told(name: str, ours: Path, tmp_path: Path) -> None:
    install_theirs(ours, name)
    done = command(ours, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: {ours / name} was overwritten by the distribution other-{name}: reinstall bias-inherit "
        f"after pip uninstall other-{name}, or install bias-inherit in an environment of its own\n"
    )


def test_a_package_that_another_distribution_took_with_it_is_told(ours: Path, tmp_path: Path) -> None:
    (ours / "finetune" / "__init__.py").unlink()
    done = command(ours, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {ours / 'finetune' / '__init__.py'} is missing: reinstall")


def test_a_package_written_over_anothers_is_told_and_the_command_goes_on(ours: Path, tmp_path: Path) -> None:
    own = (ours / "finetune" / "__init__.py").read_bytes()
    install_theirs(ours, "finetune")
    (ours / "finetune" / "__init__.py").write_bytes(own)
    done = command(ours, cwd=tmp_path)
    assert done.returncode == 0
    assert Path(done.stdout.strip()) == ours / "bias_tasks"
    assert f"{ours / 'finetune'} holds files of the distribution other-finetune too" in done.stderr
    assert "pip uninstall other-finetune and reinstall bias-inherit" in done.stderr
    assert done.stderr.count("\n") == 1
