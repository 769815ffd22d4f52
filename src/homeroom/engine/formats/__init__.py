"""The formats a delivery can be in, one module each; ``reading`` asks them in turn."""
