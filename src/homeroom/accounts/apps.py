"""The app as Django knows it."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    name = "homeroom.accounts"

    def ready(self) -> None:
        # No model is there before.
        from homeroom.accounts.middleware import say_what_was_not_done  # noqa: PLC0415

        user_logged_in.connect(say_what_was_not_done)
