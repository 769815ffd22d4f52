"""Every column of every model of ours says whether it is personal, beside the model."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import Model

OURS = [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("homeroom.")]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_column_says_whether_it_is_personal(model: type[Model]) -> None:
    """PERSONAL and NOT_PERSONAL together name each field with a column, except the number of the row."""
    personal, not_personal = set(vars(model)["PERSONAL"]), set(vars(model)["NOT_PERSONAL"])
    fields = {field.name for field in model._meta.local_concrete_fields if not field.primary_key}

    assert personal | not_personal == fields
    assert personal & not_personal == set()
