"""The bounds of files of activities. What exceeds one is refused with the limit's name."""

from __future__ import annotations

from openline.words import limits

UPLOAD_BYTES = limits.FILE_BYTES // 3 * 4 + 4
"""A file in base64, as a command or the console hands it over."""
CONSOLE_FILE_BYTES = UPLOAD_BYTES + (256 << 10)
"""A request to the console that hands over a file, with its options."""
PREVIEW_ERRORS = 100
"""Errors of one file that are told at once; the rest is counted."""
UNZIPPED_BYTES = 32 << 20
"""All that a KMZ file holds, unpacked."""
WORKBOOK_BYTES = 12 << 20
"""All that an XLSX file holds, unpacked."""
NOTAM_CHARS = 20_000
"""One NOTAM."""
ZIPPED_FILES = 1_000
"""Files in one zipped file."""
XML_ELEMENTS = 400_000
"""Elements of one XML document, or of a workbook: the worst was measured to take 360 MB."""
XML_DEPTH = 64
"""Elements within one another."""
JSON_OBJECTS = 100_000
"""Objects in one JSON file of activities."""
NAMES_LISTED = 20
"""Names of columns and the like that one sentence lists."""
SHEET_COLUMNS = 256
"""Columns of a table that are looked at."""
SHEET_BLANKS = 10_000
"""Rows of a table that hold nothing."""
HEADER_ROWS = 30
"""Rows of a table among which the one with the columns' names is looked for."""
CELL_CHARS = 512 << 10
"""One cell of a table: an area of VERTICES positions in WKT."""
FLIGHT_LEVEL_MARGIN_FT = 2_000
"""Added both ways to a flight level that is taken as AMSL: 27 ft for 1 hPa, so 940 to 1,086 hPa."""
FLIGHT_LEVEL_MARGIN_PERCENT = 12
"""And so much of its height: air 30 K colder or warmer than the standard's."""
ARC_ERROR_M = 1
"""How far a chord may lie inside the arc that it stands for."""
ARC_MISFIT_M = 200
"""By how much the two ends of an arc may differ in their distance from its centre."""
LAYERS = 64
"""Volumes, and times, of one geozone."""
OCCURRENCES = 100
"""Activities that one schedule becomes: every day of three months."""
SCHEDULE_CHARS = 400
"""A schedule in words: line D of a NOTAM."""
