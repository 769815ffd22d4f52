"""The app as Django knows it."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "homeroom.feeds"
