"""What can be done with Homeroom stands in its documents, and what its documents point at is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository.places import DOCS, ROOT, named, pages

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def prose(path: Path) -> str:
    return CODE_BLOCK.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """The names by which a link can point into the page."""
    headings = (heading.lower().replace("`", "") for heading in HEADING.findall(prose(path)))
    return {re.sub(r"[^\w\- ]", "", heading).strip().replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> Iterator[str]:
    for target in LINK.findall(prose(path)):
        place, _, anchor = target.partition("#")
        if "://" in place or place.startswith("mailto:"):
            continue
        page = (path.parent / place).resolve() if place else path
        if not page.exists() or (anchor and page.suffix == ".md" and anchor not in anchors(page)):
            yield target


@pytest.mark.parametrize("path", pages(), ids=named)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    assert list(broken_links(path)) == []


def test_changelog_keeps_a_place_for_what_comes_next() -> None:
    assert "\n## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_license_is_the_one_that_the_package_names() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_every_page_below_docs_can_be_reached() -> None:
    """By links, from the README or CONTRIBUTING."""
    reached, waiting = set[Path](), [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.is_file() or page.suffix != ".md":
            continue
        reached.add(page)
        waiting += [(page.parent / target.partition("#")[0]).resolve() for target in LINK.findall(prose(page))]

    assert [named(page) for page in sorted(DOCS.rglob("*.md")) if page not in reached] == []


def decisions() -> list[Path]:
    return sorted((DOCS / "adr").glob("[0-9]*.md"))


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in decisions()]

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", decisions(), ids=named)
def test_decision_says_why_what_and_what_follows(path: Path) -> None:
    sections = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)

    assert sections == ["Context", "Decision", "Consequences"]


def test_glossary_is_in_alphabetical_order_and_names_each_word_once() -> None:
    words = [word.lower() for word in re.findall(r"^\*\*(.+?)\*\*", prose(ROOT / "GLOSSARY.md"), re.MULTILINE)]

    assert words == sorted(set(words))
