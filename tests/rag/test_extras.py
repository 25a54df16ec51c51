"""The optional parts: what each brings, and what is said where one is missing."""

import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from rag.errors import ExtraError
from rag.extras import EXTRAS, Extra, require

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DECLARED = PROJECT["project"]["optional-dependencies"]


def plain(name: str) -> str:
    return name.lower().replace("_", "-")


@pytest.fixture(scope="module")
def owners() -> Mapping[str, list[str]]:
    """The packages that have each module."""
    return packages_distributions()


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_package_of_an_extra_is_looked_for_by_a_module_of_its_own(
    extra: Extra, owners: Mapping[str, list[str]]
) -> None:
    looked_for = {plain(name) for module in EXTRAS[extra][1] for name in owners[module]}
    named = [each for each in map(Requirement, DECLARED[extra]) if each.name != "wenda"]
    declared = {plain(each.name) for each in named if not each.marker}
    # What is not for every system says itself what to do without.
    assert declared <= looked_for
    assert looked_for - declared <= {"aiolimiter"}  # an extra of python-telegram-bot


def test_all_extras_come_together() -> None:
    (everything,) = (Requirement(line) for line in DECLARED["all"])
    assert everything.extras == set(EXTRAS) - {"read"}
    assert Requirement(DECLARED["index"][0]).extras == {"read"}


@pytest.mark.parametrize("extra", EXTRAS)
def test_a_missing_module_is_named_with_what_installs_it(
    extra: Extra, monkeypatch: pytest.MonkeyPatch
) -> None:
    require(extra)
    module = EXTRAS[extra][1][-1]
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ExtraError) as caught:
        require(extra)
    assert f"({module})" in str(caught.value)
    assert f"pip install 'wenda[{extra}]'" in str(caught.value)


def test_every_package_that_is_named_is_locked_within_its_bounds() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    locked = [Requirement(line) for line in lines if not line.startswith("#")]
    versions = {plain(each.name): next(iter(each.specifier)).version for each in locked}
    named = [
        *PROJECT["project"]["dependencies"],
        *(each for extra in DECLARED.values() for each in extra),
    ]
    for each in map(Requirement, named):
        if each.name != "wenda":
            assert each.specifier.contains(versions[plain(each.name)]), each.name
