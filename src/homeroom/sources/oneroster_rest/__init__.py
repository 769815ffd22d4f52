"""The client of OneRoster REST, 1.1 and 1.2: a whole roster as a delivery, or an error that says what is missing.

connection = Connection("https://example.org/ims/oneroster/v1p1", "1.1", OAuth1("key", "secret"))
delivery = collect(connection, folder)
"""

from homeroom.sources.oneroster_rest.classlink import Application, list_applications
from homeroom.sources.oneroster_rest.connection import (
    COLLECTIONS,
    Authentication,
    Bearer,
    ClassLinkPartner,
    ClientCredentials,
    Connection,
    OAuth1,
)
from homeroom.sources.oneroster_rest.keeping import delivery_in
from homeroom.sources.oneroster_rest.pull import collect
from homeroom.sources.oneroster_rest.trial import Tried, test_connection

__all__ = [
    "COLLECTIONS",
    "Application",
    "Authentication",
    "Bearer",
    "ClassLinkPartner",
    "ClientCredentials",
    "Connection",
    "OAuth1",
    "Tried",
    "collect",
    "delivery_in",
    "list_applications",
    "test_connection",
]
