"""The app as Django knows it."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "homeroom.notices"
