"""The record: an RFC 9162 Merkle tree of one direction's messages. Pure."""
