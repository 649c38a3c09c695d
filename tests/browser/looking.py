"""How a page looks: pictures kept for people, and axe without violations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

SETTLED = """async isDark => {
    const frame = () => new Promise(requestAnimationFrame)
    while (matchMedia("(prefers-color-scheme: dark)").matches !== isDark) await frame()
    await frame()
    await frame()
    const ending = document.getAnimations().filter(it => it.effect?.getComputedTiming().iterations !== Infinity)
    await Promise.allSettled(ending.map(it => it.finished))
}"""


def look(page: Page, picture: Path) -> None:
    page.screenshot(path=picture)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def look_in_every_way(page: Page, folder: Path, name: str, sizes: Sequence[ViewportSize] = (DESKTOP, PHONE)) -> None:
    """Light and dark, large and small; nothing is wider than the screen."""
    for size in sizes:
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} at {size['width']}"
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLED, scheme == "dark")
            look(page, folder / f"{name}-{size['width']}-{scheme}.png")
