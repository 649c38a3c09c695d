"""A brand's colour, moved just far enough to be read on light and on dark pages."""

from __future__ import annotations

import re

LEAST_CONTRAST = 4.6
LIGHT_PAGE = "f3f6f5"
DARK_PAGE = "1d2a26"
_STEPS = 40

_hex = re.compile(r"#?([0-9a-fA-F]{6})")


def plain_color(text: str) -> str:
    """Return six hexadecimal digits, or nothing when the text names no such colour."""
    found = _hex.fullmatch(text.strip())
    return found[1].lower() if found else ""


def readable_on(color: str, page: str) -> str:
    """Return the colour nearest to this one that can be read on a page, going towards black or white."""
    end = "000000" if luminance(page) > 0.5 else "ffffff"
    for step in range(_STEPS + 1):
        moved = _mix(color, end, step / _STEPS)
        if contrast(moved, page) >= LEAST_CONTRAST:
            return moved
    return end


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """Return how light a colour is, 0 to 1."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def brand_css(color: str) -> str:
    """Return the style rules that give the help centre's pages this colour."""
    light, dark = readable_on(color, LIGHT_PAGE), readable_on(color, DARK_PAGE)
    tint, dark_tint = _mix(color, "ffffff", 0.9), _mix(color, "101917", 0.85)
    return (
        f":root{{--accent:#{light};--on-accent:#fff;--tint:#{tint}}}"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:#{dark};--on-accent:#0b1311;--tint:#{dark_tint}}}}}"
    )


def _mix(color: str, other: str, share: float) -> str:
    pairs = ((int(color[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (0, 2, 4))
    return "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)
