"""How a record stands in an address: by its key, which is of ours and tells nothing about a person."""

from __future__ import annotations


class KeyConverter:
    """A signed number of 64 bits: what more digits say is no key, and its page is not there."""

    regex = "-?[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        key = int(value)
        if not -(2**63) <= key < 2**63:
            raise ValueError(value)
        return key

    def to_url(self, key: int) -> str:
        return str(key)
