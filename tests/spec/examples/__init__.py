"""All examples, listed by hand, in the order in which the reference shows them."""

from __future__ import annotations

from tests.spec.example import Example
from tests.spec.examples import (
    classes,
    counts,
    files,
    forms,
    headers,
    keys,
    manifests,
    people,
    profiles,
    references,
    rows,
    selfserve,
    spread,
    values,
)

EXAMPLES: tuple[Example, ...] = (
    *files.EXAMPLES,
    *manifests.EXAMPLES,
    *headers.EXAMPLES,
    *rows.EXAMPLES,
    *values.EXAMPLES,
    *forms.EXAMPLES,
    *keys.EXAMPLES,
    *references.EXAMPLES,
    *people.EXAMPLES,
    *classes.EXAMPLES,
    *spread.EXAMPLES,
    *profiles.EXAMPLES,
    *selfserve.EXAMPLES,
    *counts.EXAMPLES,
)
