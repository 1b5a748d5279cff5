"""Where plans collide: which planned activities are too close in area, altitude and time."""
