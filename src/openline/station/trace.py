"""Diagnostics go to standard error: one line each for people, JSON lines where a program reads.

Nothing secret is ever given to a trace: no key, passphrase, token or content.
"""

from __future__ import annotations

import os
import sys

import structlog

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def to_stderr() -> None:
    """Send traces to standard error, from the level in OPENLINE_TRACE (default: warning)."""
    level = LEVELS.get(os.environ.get("OPENLINE_TRACE", "warning"), LEVELS["warning"])
    render = (
        structlog.dev.ConsoleRenderer(colors=True)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
