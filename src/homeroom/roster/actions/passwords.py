"""A new password for somebody who has lost theirs."""

from __future__ import annotations

import secrets

import polars as pl
from django.contrib.auth.hashers import make_password

from homeroom.accounts.models import User
from homeroom.audit.recording import record
from homeroom.districts.models import School
from homeroom.roster.actions.at_school import acting_at, active_person_at, target_of
from homeroom.roster.belonging import STUDENT
from homeroom.roster.models import Person
from homeroom.roster.selfserve.creating import keep_passwords
from homeroom.roster.selfserve.taken import Place

_CONSONANTS, _VOWELS = "bdfghjkmnprstvz", "aeiou"
#: 75 ** 6 * 90, more than forty bits: nobody guesses it where tries are counted, and a child can read it aloud.
_SYLLABLES, _LEAST_NUMBER, _NUMBERS = 6, 10, 90


def new_password() -> str:
    """Such as "tamoki-rudase-47": as the templates ask for, and without letters that look alike."""
    syllables = [secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(_SYLLABLES)]
    half = _SYLLABLES // 2
    return f"{''.join(syllables[:half])}-{''.join(syllables[half:])}-{_LEAST_NUMBER + secrets.randbelow(_NUMBERS)}"


def reset_password(*, by: User, school: School, person: Person) -> str:
    """The person's new password, told this once: here only a salted hash of it is kept.

    Of who signs in here, too, the password for that stays: everybody resets that by their own e-mail.
    """
    with acting_at(by, school, "passwords.reset") as rights:
        current = active_person_at(school, person, rights)
        password = new_password()
        hashes = pl.DataFrame({"key": [current.key], "password": [make_password(password)]})
        keep_passwords(hashes, Place(school.district, school))
        what = "student.password-reset" if current.role == STUDENT else "staff-user.password-reset"
        record(by=by, what=what, district_id=current.district_id, target=target_of(current))
    return password
