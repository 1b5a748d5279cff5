"""Ways for sealed bytes to travel."""
