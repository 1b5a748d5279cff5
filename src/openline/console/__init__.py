"""The officer's page: an HTTP API on loopback over the station's facade, and the built page."""
