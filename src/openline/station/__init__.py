"""The shell: store, keys, engine, couriers, listener, and the facade that leads in."""
