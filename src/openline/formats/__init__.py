"""The world's files in and out: bytes and text here, values there; no files are opened."""
