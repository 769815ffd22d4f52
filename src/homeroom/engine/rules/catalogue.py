"""Every rule there is, listed by hand: nothing registers itself."""

from __future__ import annotations

from homeroom.engine.rule import Rule, catalogue
from homeroom.engine.rules import (
    classes,
    corrected,
    counts,
    files,
    keys,
    onboarding,
    people,
    references,
    selfserve,
    values,
)

RULES: tuple[Rule, ...] = (
    *files.RULES,
    *values.VALUES,
    *keys.RULES,
    *references.RULES,
    *people.RULES,
    *classes.RULES,
    *onboarding.RULES,
    *selfserve.RULES,
    *corrected.RULES,
    *counts.RULES,
)
RULES_BY_ID = catalogue(RULES)
#: The rules that a row tells by itself, in the order in which they speak for a cell.
LOCAL: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.cell is not None or rule.row is not None)
