"""What the pages for operators name is there: figures, settings, files, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from app.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "contract").glob("*.md")])
OPERATORS = ["operations.md", "hosts.md", "proxies.md", "mail.md", "monitoring.md", "settings.md"]
FIGURE = re.compile(r"""(?:Counter|Gauge|Histogram)\(\s*"(parley_\w+)\"""", re.MULTILINE)


def figures() -> set[str]:
    sources = [path.read_text() for folder in ("app", "realtime") for path in (ROOT / folder).rglob("*.py")]
    return {name for source in sources for name in FIGURE.findall(source)}


def test_d10_every_figure_is_explained_and_every_alert_asks_for_one_there_is() -> None:
    page = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
    assert len(figures()) > 15
    assert {name for name in figures() if f"`{name}" not in page} == set()
    assert set(re.findall(r"parley_\w+", page)) - figures() == set()
    (block,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (group,) = yaml.safe_load(block)["groups"]
    assert all(re.search(r"parley_\w+|up\{", rule["expr"]) for rule in group["rules"])


@pytest.mark.parametrize("page", OPERATORS)
def test_d10_only_settings_there_are_are_named(page: str) -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+[A-Z])", (ROOT / "docs" / page).read_text("utf-8")))
    ours = {name.upper() for name in Settings.__struct_fields__}
    assert {name for name in named - ours if not name.startswith(("TEST_", "TORCH", "LOG_FORMAT", "PORT"))} == set()


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: f"{page.parent.name}/{page.name}")
def test_d10_every_link_between_pages_leads_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(#[^)]*)?\)", page.read_text("utf-8")):
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor and file.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor[1:] in slugs, f"{page.name}: {target}{anchor}"
