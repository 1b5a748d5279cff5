"""Figures, each beside its floor or a peer measured in the same run."""
