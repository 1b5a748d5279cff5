"""What people print: documents made from what was verified, in the reader's language."""
