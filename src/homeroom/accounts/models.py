"""Who signs in here. Pupils do not: a rostered human is a record of the roster, never a User."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, email: str | None) -> User:
        """The person with this e-mail; capitals do not matter. Raises User.DoesNotExist."""
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser):
    """A person with a sign-in: an operator, or somebody whom memberships let into districts.

    One e-mail is one person on the whole server, so no row belongs to a district: what districts see of each other's
    people is nothing, since they reach them through memberships only.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=250)
    is_operator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    PERSONAL: ClassVar = ("email", "name", "password", "last_login")
    NOT_PERSONAL: ClassVar = ("is_operator", "is_active", "created_at")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_is_in_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name
