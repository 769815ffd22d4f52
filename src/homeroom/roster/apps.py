"""The app as Django knows it."""

from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "homeroom.roster"
