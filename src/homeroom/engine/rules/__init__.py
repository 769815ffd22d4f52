"""All rules, in the order in which reports and reference pages show them."""

from __future__ import annotations

from homeroom.engine.rules.catalogue import RULES, RULES_BY_ID

__all__ = ["RULES", "RULES_BY_ID"]
