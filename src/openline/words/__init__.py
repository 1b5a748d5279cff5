"""Values: party, moment, volume, errors, limits. Everything else may import these."""
