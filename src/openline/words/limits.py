"""Every bound in one place. What exceeds one is refused with the limit's name."""

from __future__ import annotations

# Wire: checked before parsing
PARCEL_BYTES = 1 << 20
"""One sealed parcel, as it travels."""
PARCEL_ITEMS = 256
"""Signed items in one parcel."""
HYBRID_OVERHEAD = 1_136
"""By how much hybrid sealing lengthens: an X-Wing encapsulation (1,120) and a tag (16)."""
LIGHT_OVERHEAD = 48
"""By how much sealing with X25519 alone lengthens: its encapsulation (32) and a tag (16)."""
PARCEL_BUCKETS = (
    *(512, 1 << 10, 2 << 10, 4 << 10, 8 << 10, 16 << 10, 64 << 10, 256 << 10),
    PARCEL_BYTES - HYBRID_OVERHEAD,
)
"""The lengths to which a parcel is padded before it is sealed; the last fills PARCEL_BYTES."""
SMS_BYTES = 133
"""Of one SMS among several: 140 less a header of 7 (3GPP TS 23.040, 9.2.3.24.8, 16-bit)."""
LIGHT_BUCKETS = (
    *(n * SMS_BYTES - LIGHT_OVERHEAD for n in (2, 4, 8, 16, 32, 64, 512)),
    *PARCEL_BUCKETS[-2:],
)
"""The same for sealing with X25519 alone: what then travels fills whole SMS."""
MESSAGE_BYTES = 256 << 10
"""One signed message."""
HEADER_BYTES = 1 << 10
"""The protected header of one signed statement."""
ASK_BYTES = 4 << 10
"""The list of missing numbers in one request."""
HEADS_BYTES = 4 << 10
"""Both heads of a line, signed with ML-DSA-65 (3,309 bytes of signature)."""
NOTE_BYTES = 8 << 10
"""A checkpoint, as a signed note."""
NOTE_SIGNATURES = 16
"""Signatures on one checkpoint: the sender's, the peer's, and witnesses'."""
PROOF_BYTES = 128 * 32
"""A consistency proof: at most two hashes for each bit of a size."""
CBOR_DEPTH = 12
CBOR_ITEMS = 100_000
CARD_BYTES = 16 << 10
CARD_SERIALS = 2**53 - 1
"""The greatest serial number of a card."""
CARDS_KEPT = 256
"""Cards of one party, its history: each change of keys adds one."""
CARD_ASKS = 4
"""Unknown keys that one answer asks a card for."""
UNVERIFIED = 64
"""Items with an unknown key that wait for its card, per line."""
UNVERIFIED_BYTES = 1 << 20
"""The length of such items together, per line."""
REVOCATION_BYTES = 64 << 10
"""One revocation, which names every epoch of both records."""
REVOKED_KEYS = 64
"""Keys named in one revocation."""
REVOCATIONS = 256
"""Revocations of one party that are kept for one line."""
OLD_SEALING_KEYS = 16
"""Earlier sealing keys that a station keeps, since what was sealed to them may still arrive."""

# Names
PARTY_CHARS = 32
NAME_CHARS = 120
ADDRESSES = 8
VOICE_NUMBERS = 8
VOICE_CHARS = 60
ADDRESS_CHARS = 270

# Record and delivery
WINDOW_SPAN = 1_000_000
"""How far beyond the first missing number a message may stand."""
PARKED = 1_024
"""Messages held beyond a gap, per line."""
EPOCHS_KEPT = 256
"""Epochs of one record: each restore begins one."""
EPOCHS_TOLD = 4
"""Newest epochs of a record that one parcel asks for or answers beside its own."""
FORKS = 64
"""Contradictions kept, per line: the first ones prove it, more would only fill the disk."""
FORK_BYTES = 192 << 10
"""The evidence of a contradiction, as it is shown to the other side."""
ASKED_NUMBERS = 64
"""Missing numbers named in one request."""
LINES = 256
"""Lines of one station; also how many keys an arriving parcel is tried against."""

# Carriers
CARRIERS = 8
"""Carriers of one line."""
CARRIER_COST = 1_000_000
CARRIER_OPTIONS = 16
OPTION_CHARS = 1_000
"""The value of one option of a carrier; also a secret."""
CARRIER_SECONDS = 30 * 86_400
"""The longest time that an option of a carrier names: 30 days."""
ANSWERS = 64
"""Answers that wait for a one-way carrier; older ones are given anew when they are asked for."""
FRAMES = 1 << 13
"""Frames of one parcel, and in one file of them."""
FRAME_LEAST = 16
"""The smallest frame that a parcel is split into."""
FRAME_MOST = 1_800
"""The largest: what a QR code holds in base32 with its lightest correction."""
FRAME_IMAGE_PIXELS = 50_000_000
"""An image in which QR codes are looked for."""
COLLECTED = 32
"""Parcels taken from a one-way carrier at a time."""
RELAY_ASK_BYTES = 8 << 10
"""The signed statement of a request to a relay."""
RELAY_BODY_BYTES = PARCEL_BYTES + 2 * RELAY_ASK_BYTES
"""A request to a relay, and its answer: as many parcels as fit, one at least."""
RELAY_PARCELS = 1_000
"""Parcels that a relay holds from one party for another."""
RELAY_BYTES = 64 << 20
"""And their bytes."""
RELAY_DAYS = 30
"""How long it holds them."""
UNREADABLE = 4_096
"""What a one-way carrier brought that does not open, and is not tried again."""
FOLDER_COUNT = 1_000_000
"""Parcels that a folder may be set to hold."""
FOLDER_SPACE = 1 << 40
"""Bytes that a folder may be set to hold."""

# Forms
TEXT_CHARS = 10_000
FIELD_CHARS = 200
ADDRESSEES = 64
FILE_BYTES = 8 << 20
"""A file handed to a command."""
BACKUP_LIST_BYTES = 128 << 10
"""The list of parts at the beginning of a backup."""
BACKUP_TERRAIN_BYTES = 64 << 20
"""The largest terrain model that a backup holds."""
FEATURES = 1_000
"""Activities announced by one file."""
ID_CHARS = 64
"""The id of a message, a thing or a call; also a sender's own reference."""
FORM_CHARS = 32
"""A form's or a field's name."""
FORM_VERSIONS = 65_535
FORMS_LEVELS = 65_535
"""Levels of forms that a station can say it speaks."""
REVISIONS = 999_999_999
LANGUAGE_CHARS = 35
"""A language tag (RFC 5646 §4.4.1)."""
LIST_ITEMS = 64
"""Entries of a list in a form: units informed, hours of line tests."""
FINDING_FLAGS = 8
"""What one finding of a conflict can say that had to be allowed for."""
VEHICLES = 10_000
VERIFIED_WITHIN_M = 20
"""How far coordinates that are typed again may lie from the first: a second of arc is 31 m."""
NOTICE_S = 90 * 86_400
"""The longest minimum notice of an activity."""
ZONE_CHARS = 64
"""The IANA name of a time zone."""
PROBE_LEAST_S, PROBE_MOST_S = 1, 86_400
"""Between two probes of one carrier."""
CARRIER_CHARS = 32
"""The name of a carrier."""
PROBES_KEPT = 1_000
"""Probes kept of each carrier of a line: a week of them at ten minutes."""
OVERDUE_LISTED = 200
"""Messages of one side of a line that wait too long for a person, in one list: the most urgent."""
NOTICES_LISTED = 1_000
"""Notices in one list."""
TESTS_LISTED = 10_000
"""Line tests in one list."""
TEST_FRESH_MS = 60_000
"""Probes that leave this long after a line test began belong to it."""
LINES_COMPARED = 8
"""Other lines that are looked at after a missed test."""
DISK_LEAST_BYTES = 64 << 20
"""Less free space than this is a fault that is named after a missed test."""
CLOCK_TOLERANCE_MS = 2_000
"""How far clocks may be apart before a finding says so."""
PROBE_DAYS = 366
"""Days for which it is kept how many probes were run and answered."""
ANSWER_WITHIN_S = 7 * 86_400
"""The longest time that a line's policy can leave a person for an answer."""
EPOCHS = 2**53 - 1
"""The greatest epoch; like RECORD_MESSAGES, every JSON reader holds it exactly."""
RECORD_MESSAGES = 2**53 - 1
"""The greatest size of a record that every JSON reader holds exactly."""
NUMBER_CHARS = 40
"""A number as a person or a file writes it."""

# Volumes
VERTICES = 10_000
PIECES = 100_000
"""Geodesic pieces into which the edges of one shape are cut to follow the earth."""
RADIUS_MM = 1_000_000_000
"""Radius or corridor width: 1,000 km."""
ALTITUDE_MILLI = 100_000_000
"""100,000 m or ft either side of the datum."""
WINDOW_MS = 10 * 366 * 86_400_000
"""The longest time window: ten years."""
SEPARATION_MM = 1_000_000_000
SEPARATION_MS = 7 * 86_400_000

# Ground
TERRAINS = 64
"""Terrain models of one station."""
TERRAIN_PIXELS = 1_000_000_000
"""Pixels of one of them."""
TERRAIN_SAMPLE = 4_000_000
"""Pixels that are read for one shape; one that lies over more is asked of squares of them."""
FOOTPRINTS = 4_096
"""Shapes whose ground and geoid are remembered."""

# Evidence
BUNDLE_BYTES = 256 << 20
"""One bundle: a file for whoever must judge later."""
BUNDLE_ITEMS = 4_000_000
"""CBOR items of one bundle: three for each message, receipt and early receipt."""
BUNDLE_CARDS = 1_024
"""Cards in one bundle: every card that its parties have had."""
BUNDLE_RECORDS = 4_096
"""Records in one bundle: a direction's epochs count each."""
FORK_PROOF_BYTES = (512 << 10) + (16 << 10)
"""One proof of a fork: two signed messages, and a path for each."""
PATH_HASHES = 64
"""Hashes of one inclusion proof; a record of RECORD_MESSAGES needs 53."""

# Urgency
COORDINATES_CHARS = 80
"""A position as a person writes it."""
PEOPLE = 200
"""People on a watch list, and so those that one step of an escalation calls."""
REACHES = 8
"""Ways of reaching one person."""
REACH_CHARS = 2_000
"""One way of reaching a person: an Apprise URL."""
WATCHES = 20_000
"""Watches on the list: some ten years of three a day, with a second officer."""
WATCH_MS = 7 * 86_400_000
"""The longest watch."""
ICALENDAR_EVENTS = 5_000
"""Events in one iCalendar file, and times of all its repeated ones."""
ESCALATION_S = 7 * 86_400
"""The latest step of an escalation after a message arrived."""

# Time
EARLIEST_MS = 0
"""1970-01-01T00:00:00Z."""
LATEST_MS = 253_402_300_799_999
"""9999-12-31T23:59:59.999Z."""

# Officers
OFFICERS = 256
OFFICER_CHARS = 64
"""An officer's name; it stands in every message that the officer sends."""
PASSWORD_CHARS_LEAST = 8
PASSWORD_CHARS = 256
LOGIN_TRIES = 5
"""Wrong passwords from one place within LOGIN_WINDOW_MS."""
LOGIN_WINDOW_MS = 60_000
LOGIN_SOURCES = 1_024
"""Places whose wrong passwords are counted at a time; one more forgets the oldest."""
HASHINGS = 2
"""Passwords hashed at a time: each takes 64 MiB."""

# Console
LINK_MS = 15 * 60_000
"""How long the console's one-time link can be used."""
SESSION_MS = 12 * 3_600_000
"""How long a console session lasts: one shift."""
SESSIONS = 16
"""Console sessions at a time; one more ends the oldest."""
CONSOLE_STREAMS = 16
"""Live connections to the console at a time; each holds one thread."""
CONSOLE_BODY_BYTES = 4_096
"""A request to the console; it takes neither files nor shapes."""
CONSOLE_SHAPE_BYTES = 64 << 10
"""A request to the console with a shape: some 2,500 positions; larger ones come as files."""
CONSOLE_MESSAGES = 500
"""Messages in one reply to the console."""
TOKEN_CHARS = 128
CONSOLE_ID_CHARS = 128
"""An identifier in a path of the console."""
CONSOLE_TIME_CHARS = 40
CONSOLE_PASSWORD_CHARS = 4 * PASSWORD_CHARS
"""A password as it arrives: longer ones are wrong, and are refused as such."""
BEAT_MS = 2_000
"""Between two heartbeats of the console's live connection."""

# Scenarios
SCENARIO_BYTES = 1 << 20
"""One scenario file."""
SCENARIO_PARTIES = 8
SCENARIO_EVENTS = 5_000
SCENARIO_MS = 2 * 366 * 86_400_000
"""From a scenario's start to its end: two years."""
