"""Written by tools/tokens from tokens.json. For mails, which carry their colours in every line."""

ACCENT = "#3b4cca"
TEXT = "#171a21"
MUTED = "#596070"
LINE = "#e2e5ea"
BACK = "#f6f7f9"
SURFACE = "#ffffff"
SMALL_PX = 12
