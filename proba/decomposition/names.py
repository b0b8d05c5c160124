"""Names of columns, units and terms that several modules share."""

from __future__ import annotations

__all__ = ["ALL", "NAMELESS", "RESERVED", "RESIDUAL", "TIME", "UNIT"]

ALL = "alle"
"""Name of the single unit when everything is put together."""

RESIDUAL = "rest"
"""Name of the part that no factor carries: interaction, or what the identity leaves of a total."""

RESERVED = frozenset(
    {RESIDUAL, "total_change", "start_value", "end_value", "growth", "term", "absolute", "share"}
)
"""Names no factor can have: terms and columns of the results."""

TIME = "aar"
UNIT = "kommune"

NAMELESS = "tabell"
"""What errors call a table that has no file name."""
