"""The app as Django knows it."""

from django.apps import AppConfig


class SyncsConfig(AppConfig):
    name = "homeroom.syncs"
