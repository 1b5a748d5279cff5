"""The machines of a line: delivery, line test, call, contact clock, alarm. Pure."""
