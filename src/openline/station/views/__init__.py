"""What people and scripts read of a station, in the contract's JSON shapes. Nothing here writes."""
