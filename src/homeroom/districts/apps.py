"""The app as Django knows it."""

from django.apps import AppConfig


class DistrictsConfig(AppConfig):
    name = "homeroom.districts"
