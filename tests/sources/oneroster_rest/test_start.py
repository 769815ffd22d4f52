"""Whoever only checks files does not wait for what speaks to providers."""

import subprocess
import sys

NETWORK = ("httpcore2", "oauthlib", "stamina", "homeroom.sources.oneroster_rest")


def test_check_starts_without_the_client() -> None:
    asked = f"import sys, homeroom.cli.check; print([name for name in {NETWORK} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
