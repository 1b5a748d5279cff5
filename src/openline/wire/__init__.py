"""The wire: bytes to values and back, each value with exactly one encoding."""
