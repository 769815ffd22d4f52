"""The app as Django knows it."""

from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "homeroom.roster"

    def ready(self) -> None:
        # No model is there before.
        from homeroom.districts.actions.methods import METHOD_CHANGES  # noqa: PLC0415
        from homeroom.roster.actions.owning import take_over  # noqa: PLC0415

        METHOD_CHANGES.append(take_over)
