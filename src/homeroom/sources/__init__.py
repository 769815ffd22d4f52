"""What can go wrong while a delivery is collected, sorted by what helps?

    SourceError                 one clear sentence for a person, as str(error)
    ├── TryAgainLaterError      nobody's fault, and it may pass: no room on the disk, no answer
    ├── SettingsError           somebody must change what they pointed us at: no such file, no right to read it
    └── RefusedError            it arrived, and we do not open it: hostile, damaged, or no roster at all

Whoever retries decides by the type, never by the words.
"""


class SourceError(Exception):
    """A delivery could not be collected. Raised only as one of its three children."""


class TryAgainLaterError(SourceError):
    """The same attempt may succeed later, with nothing changed."""


class SettingsError(SourceError):
    """It will fail again until somebody changes what was asked for; the files themselves were not judged."""


class RefusedError(SourceError):
    """The very bytes that arrived are refused; only other bytes will do."""
