"""Evidence: bundles and fork proofs, written and verified without a station. Pure."""
