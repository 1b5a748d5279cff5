# The words of reports, in English. Held complete by tests/unit/test_documents_report.py.

title = Evidence from a deconfliction line
made = Made
zone = local times are those of
file = SHA-256 of the file:
parties = Parties
party = Party
fingerprint = Fingerprint of the root key
anchored = Anchored
anchored-yes = yes
anchored-no = no
card = card { $serial } of { $issued }, signing key { $key }
found = What verification found
found-means = Each step was carried out on the file alone, without either party's station. A step that does not hold says what is wrong.
messages = Messages
messages-mean = All times are those of the clock of the party that signed. “Received” is the time in the receiver's signed receipt; without one, it is not proven that the message arrived. What nobody has signed stands here nowhere.
none = None.
hash = Hash (leaf)
signed-with = Key
signed-by-card = { $key }, card { $serial }
signed-by-nobody = none of its sender's: the signature does not hold
place = number { $number } of { $record }
time-signed = Signed
time-held = Held
time-received = Received
held-note = early receipt
received-note = receipt over { $size } { $size ->
        [one] message
       *[other] messages
    }
not-received = without a receipt: sent, not proven received
not-received-held = no receipt over the record; the early receipt proves this message
amended = Amended
by = { $party }, { $id }
disputed = Disputed: the sender says that this key was misused by then.
records = Records
records-mean = Of the numbers that are not given, only hashes are in the file: they exist, and what they say is not shown.
record = Record
size = Under receipts
given = Given
not-given = Numbers not given
nothing-missing = none
fork = { $party } has signed two things that contradict each other: { $kind } at { $position } of { $record }.
remark = What does not fit: { $party } { $what }.
fork-messages = two messages
fork-heads = two heads
fork-leaves = two leaves
witness = witness
heads = Signed heads
heads-mean = Beside receipts, these signatures cover every message of the record below their size. A witness is no party: it has seen sizes and roots, and no content.
signed-by = Signed by
head-mldsa = ML-DSA-65, against a later break of Ed25519
head-checkpoint = checkpoint of the own record
head-cosignature = cosignature of the checkpoint

# The result
result-verified = Verified
result-unidentified = Consistent, parties unidentified
result-failed = Failed
means-verified = Every step holds, and each party is the one whose fingerprint was given from outside. Neither side can have altered, added or reordered what is shown here.
means-unidentified = Every step holds within the file, but no fingerprint was given for at least one party: anybody could have made these keys.
means-failed = At least one step does not hold. Do not rely on this file; the step says what is wrong.

# What each step shows
step-file = The file is whole: exactly the bytes that Openline writes.
step-cards = Every party has a card, and each card is signed by its party's root key.
step-parties = Each party's root key has the fingerprint that was given for it from outside.
step-joining = The first message each way was held against both sides' cards.
step-messages = Each message is signed with a key of its sender's cards.
step-places = Each message is signed for the record and number at which it stands.
step-keys = Each message is signed with the key that held at its place.
step-receipts = Each receipt is signed by the record's receiver, for its record and size.
step-inclusion = Each message below a receipt is in the tree whose root the receipt signs.
step-consistency = Receipts and heads of a record continue one another, one tree under all.
step-early = Each early receipt is signed by the receiver, for the very message.
step-epochs = What each later epoch names as its beginning was held against those records.
step-heads = Heads signed otherwise hold: ML-DSA, checkpoints, witnesses.
step-forks = Each proof of a fork is signed twice by the party that it accuses.
bytes = { $count } bytes
none-there = there is none in the file
looked-at = { $count } looked at
not-looked-at = not looked at: the file is not whole

# Availability, drawn
tests-plot = Availability by day, { $first } to { $last } (UTC)
tests-none = No line yet.
tests-machine = machine
tests-human = human
tests-month = 30 days: { $share }

# ---- the list of activities --------------------------------------------------------------
list-title = Activities
list-none = None.
list-count = activities in this list
list-when = From – until
list-altitudes = Altitudes
list-where = Where
list-party = Announced by
list-lines = Lines
list-more = and { $count } more positions
list-circle = circle, radius { $metres } m, around
list-corridor = way, { $metres } m wide in all, along
list-area = area within
list-time = All times are in UTC; the zone's own time stands below each. Positions are on WGS 84.
