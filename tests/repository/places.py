"""Where things lie in this repository, for the tests that read it."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "homeroom"
DOCS = ROOT / "docs"

TOP_PAGES = ("README.md", "CONTRIBUTING.md", "GLOSSARY.md", "SECURITY.md", "CHANGELOG.md")


def pages() -> list[Path]:
    """Every page a person reads, in a fixed order."""
    return [ROOT / name for name in TOP_PAGES] + sorted(DOCS.rglob("*.md"))


def modules() -> list[Path]:
    """Every Python file of the package, in a fixed order."""
    return sorted(PACKAGE.rglob("*.py"))


def named(path: Path) -> str:
    """The path as a person writes it, from the root of the repository."""
    return path.relative_to(ROOT).as_posix()
