# The console's phrases in English. One word for one thing: see the glossary.

language = Language
unknown = not known
never = never
station-time = Station's time
station-time-guessed = Station's time, not confirmed

contact-starting = Connecting to the station
contact-live = Station connected
contact-lost = STATION LOST
contact-locked = NO SESSION

banner-lost = STATION LOST – NOTHING ON THIS PAGE IS LIVE
banner-lost-next = The station that serves this page does not answer; the page keeps trying. Check that the station runs, and use other means meanwhile.
banner-locked = NO SESSION – THIS PAGE SHOWS NOTHING LIVE
banner-locked-next = Open the one-time link that the station printed when it started. A link works once and for 15 minutes; the command openline console-link prints a new one.
banner-locked-by-name = Give your name and password below. An administrator of the station adds officers, and gives new passwords.
banner-as-of = Last heard { $age }, as of { $time }.
as-of = as of { $time }, { $age }
as-of-stale = OLD: as of { $time }, { $age }
not-renewed = Could not be renewed.
nothing-heard = Nothing heard from the station yet.

span-seconds = { $n } s
span-minutes = { $n } min
span-hours = { $h } h { $m } min
span-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
ago = { $span } ago
ahead = in { $span }
metres = { $n } m
kilometres = { $n } km

alarms = { $n ->
    [one] { $n } alarm waits for you
   *[other] { $n } alarms wait for you
}
alarms-unknown = The alarms could not be asked for: there may be more.
alarm-line = Line { $line }
raised = raised
raised-times = repeated { $n } times
acknowledge = Acknowledge
acknowledging = Acknowledging …
not-acknowledged = Not acknowledged.

lines = Lines
no-lines = No line yet. Join a party's card to open one.
declared = declared
last-test = Last test
last-human-test = Last human test
never-asked = nobody was asked
answered-in = answered in { $n } s
phrase-typed = Type the phrase back:
phrase-send = Answer
phrase-not-sent = Not sent.
next-test = Next test
never-tested = never tested
not-scheduled = none scheduled
overdue = overdue by { $span }
round-trip = round trip { $n } ms
clock-offset = clock offset { $n } ms
tests-passed = · { $passed } of { $run } passed
queue = Queue
queued = { $n ->
    [0] nothing waits
    [one] { $n } message waits to leave
   *[other] { $n } messages wait to leave
}
conflicts-title = Conflicts
open-conflicts = { $n ->
    [0] none found
    [one] { $n } open
   *[other] { $n } open
}
records = Records
records-sizes = out { $out } · in { $in } messages
in-step = in step
out-of-step = NOT IN STEP
step-unknown = not known whether in step
at-test = at the test
carriers = Carriers
no-carrier = no carrier
last-ok = last worked

observed-up = UP
observed-late = LATE
observed-down = DOWN
observed-untested = UNTESTED
declared-open = open
declared-suspended = suspended
result-passed = passed
result-late = late
result-failed = failed
carrier-up = up
carrier-unknown = not tried yet
carrier-down = down
carrier-untested = untested

contact-clocks = Who has spoken: contact clocks
level = Level
days-since = Days since
last-contact = Last contact
no-contact-known = none known
last-known = last known:
calls-none = no call sought
calls-sought = calls: { $n } sought
calls-declined = { $n } declined
calls-unanswered = { $n } unanswered
level-desk = Desk
level-commander = Commanders
level-chief = Chiefs
level-minister = Ministers
level-leader = Leaders
certainty-certain = certain
certainty-reported = reported
certainty-claimed = claimed by one side
certainty-confirmed = confirmed by both

messages = Newest messages
no-messages = No message yet.
messages-routine = Of the machines: { $n } ({ $forms })
messages-older = Older: { $n }
message-to = to { $line }
message-from = from { $line }
no-number = no number yet
no-text = shown raw only
precedence-flash = FLASH
precedence-immediate = IMMEDIATE
precedence-priority = PRIORITY
precedence-routine = ROUTINE
message-queued = queued
message-sent = sent
message-held = held, early receipt
message-received = received
message-opened = opened
message-answered = answered
message-expired = expired
message-withdrawn = withdrawn
form-text = text
form-acknowledged = acknowledged
form-call-confirm = call confirmed
form-no-objection = no objection
form-objection = objection
form-opened = opened
form-passed-on = passed on
form-terms = terms of the line
form-will-adjust = will adjust
form-card = card
form-activity = activity
form-cancel = cancel
form-human-test = human test
form-human-test-answer = answer to a human test
form-linetest = line test
form-linetest-answer = line test answer
form-call-request = call request
form-call-answer = call answer
form-call-held = call held
form-contact = contact
form-readout = readout
form-not-understood = not understood (automatic)
form-declaration = state of the line declared
form-epoch = a new epoch of the record
form-fork = contradiction in the record
form-keys = new keys
form-revocation = keys revoked
form-revocation-held = revocation countersigned (automatic)
form-witness-consent = witness: consent
form-witness-heads = witness: heads shown (automatic)
form-witness-answer = witness: answer (automatic)
disputed = disputed: the sender has said that this key was misused by then

map = Activities and conflicts
map-absent = This browser cannot draw the map (it has no WebGL). Everything on it is listed below.
map-failed = The map could not be drawn. Everything on it is listed below.
map-drawing = Drawing the map …
map-label = Map of the activities
map-source = Coastlines: Natural Earth. No borders are drawn.
show-all = Show all
legend-own = ours ({ $party })
legend-theirs = theirs
legend-conflict = in conflict
conflicts = Conflicts
no-conflicts = No conflict found among the activities that this station knows.
conflict-number = Conflict { $n }
apart = { $h } apart
overlap = areas overlap
vertical = { $v } in height
vertical-overlap = heights overlap
distance-unknown = distance not known
conflict-found = found
conflict-acknowledged = acknowledged
conflict-resolved = resolved
conflict-accepted = accepted
conflict-expired = expired
activities = Activities
no-activities = No activity known. That does not mean that nothing happens there.
activity-band = Altitude
activity-time = Time
activity-kind = Kind
activity-state = State
activity-party = Party
activity-id = Id
phase-announced = announced
phase-active = under way
phase-ended = over
phase-cancelled = cancelled
flag-datum = heights of different datums: compared with a margin
flag-ground = height above ground: compared with the lowest and highest ground
flag-within-error = within the error of the method: counted as a conflict
past = Over: { $n }

form-stop = stop
form-stop-answer = answer to a stop
form-query = query
form-query-answer = answer to a query
form-accident = accident
form-escalation = people called (automatic)
form-wake = call to wake a desk (automatic)

silence = Silence the sound
sound-blocked = The browser keeps this page silent until you click on it or press a key.
not-answered = Not answered.
story = What became of it
answer-by = A person is to answer by { $time }.
step-sent = signed and sent
step-received = received
answer-opened = I have opened it
answer-stopped = Stopped
answer-not-ours = Not ours
answer-ours-continuing = Ours, continuing
answer-unit-not-reached = Unit not reached
answer-ours = Ours
answer-unknown = Unknown to us
form-not-received = not received yet
form-nobody-called = nobody there
form-alert-failed = alarm not sent

## Officers
come-in-title = Who are you?
come-in-why = This station has officers: each gives name and password.
reads-only = The link lets you read. To act, give your name and password: the other side reads who acted.
come-in = Come in
leave = Leave
officer-name = Name
password = Password
password-new = New password
password-change = Change the password
no-officers = No officers yet
first-why = Whoever has the link may do everything, and no message names a person. Make the first administrator; from then on, whoever acts gives a name and a password.
first-make = Make the first administrator
not-done = Not done.
who-is-on = Who is on
is-on = on
is-off = not on
automatic = automatic
role-observer = observer
role-officer = officer
role-supervisor = supervisor
role-administrator = administrator

## Activities
group-private = Private: never sent, known to this desk alone
group-active = Under way now
group-ahead = Ahead
group-draft = Drafts: announced to nobody yet
legend-private = private, never sent
since-until-withdrawn = since { $time }, until it is withdrawn
mark-late = LATE NOTICE
mark-unconfirmed = NOT RECONFIRMED – may be gone
mark-unverified = COORDINATES NOT VERIFIED
mark-lacking = LACKS
mark-private = PRIVATE
needs-contact = a radio or telephone that is answered
needs-route = the route
needs-site_type = what kind of site
phase-draft = draft, announced to nobody
phase-planned = ahead, announced to nobody
phase-amended = announced, then amended
activity-announced = Announced
activity-version = Version
activity-author = Coordinates given by
activity-verified = Verified
activity-confirmed = Still there
verified-by = by { $officer }, { $how }
confirmed-until = said { $time }; to be said again by { $until }
notation-decimal = typed again in decimal degrees
notation-dms = typed again in degrees, minutes, seconds
notation-mgrs = typed again in MGRS
amend = Amend
amend-why = The other side gets a new version, which is matched again; the old one stays in both records.
amend-draft-why = A draft: nothing is sent.
amend-private-why = Nothing is sent. The new version is matched at once against everything that is announced; the old one is kept here.
versions = Every version
version = Version { $n }
field-shape = Shape
shape-circle = circle
shape-corridor = corridor
shape-area = area
field-radius_m = Radius in metres
field-width_m = Whole width in metres
place-circle = Coordinates of its centre: decimal, degrees and minutes, or MGRS
place-corridor = Its way: each position on a line, in order (decimal, degrees and minutes, or MGRS)
place-area = Its corners: each on a line, in order (decimal, degrees and minutes, or MGRS)
place-area-parts = A line “hole” begins a hole in what stands before it, a line “area” another part.
draw = On the map
drawing-circle = Press the map where the centre is, or drag its handle.
drawing-corridor = Press the map to add a position at the end. Drag a number to move it, press + to put one between.
drawing-area = Press the map to add a corner at the end. Drag a number to move it, press + to put one between.
drawing-done = Done drawing
drawing-undo = Take back
drawing-remove = Remove { $n }
handle = Position { $n }: drag to move, press to choose
handle-gap = Put a position here
shape-read = { $n ->
    [one] { $n } position, read well
   *[other] { $n } positions, read well
}
shape-read-as = As the station reads it
shape-unread = The station did not say how it reads this.
nothing-changed = Nothing was changed.
cancel-activity = Cancel this activity
cancel-why = The other side is told that it will not take place, on every line where it was announced.
confirm = It is still there
confirm-why = This says, signed, that it is still there and as it was announced.
verify = Verify coordinates
verify-why = For another officer than the one who gave them: type each position again from the source, not from this page. Decimal degrees, degrees with minutes and seconds, or MGRS.
verify-typed = Each position, one to a line
announce = Announce
no-line-chosen = Choose at least one line.
discard = Discard this draft
private-add = Enter a private activity
private-why = What cannot be announced: a target, a patrol. It never leaves this station, and is matched against everything that is announced, now and later.
private-remove = Remove this private activity
private-alarm = Nothing of this was sent. Only this station knows of it.
field-title = Title
field-start = From (UTC)
field-end = Until (UTC)
field-lower = Lower altitude
field-upper = Upper altitude
field-unit = Unit of both altitudes
field-datum = Altitudes above
field-contact = Radio or telephone there
field-details = Details
field-reason = Why
kind-flight = flight
kind-unmanned-flight = unmanned flight
kind-live-fire = live fire
kind-missile-test = missile or rocket test
kind-naval-movement = movement at sea
kind-ground-movement = movement on the ground
kind-convoy = convoy
kind-demining = demining
kind-exercise = exercise
kind-distribution-point = distribution point
kind-site = site
kind-other = other
form-activity-confirm = activity: still there
form-late-notice = late notice
form-lacking = our notice lacks something
form-unverified = our coordinates, not verified
form-site-unconfirmed = ours, to be reconfirmed
form-private-conflict = private, for this desk alone
form-private-unverified = private, coordinates not verified
alarms-none = No alarm waits.
alarms-over = { $n ->
    [one] { $n } alarm is over and was seen by nobody
   *[other] { $n } alarms are over and were seen by nobody
}
overdue-title = Answers overdue
overdue-none = none
overdue-by = overdue by { $span }
overdue-ours = { $n ->
    [one] { $n } that we have not answered
   *[other] { $n } that we have not answered
}
overdue-theirs = { $n ->
    [one] { $n } that they have not answered
   *[other] { $n } that they have not answered
}
overdue-older = Overdue for longer: { $n }
overdue-notice = It is answered under Notices.
overdue-more = There are more than are listed here: openline messages --overdue
call-do-accept = Accept …
call-do-counter = Another time …
call-do-decline = Decline …
call-accept-at = Time agreed to (UTC)
call-counter-at = Time proposed (UTC)
call-level = Another level instead
call-no-level = none
call-reason = Why, for the other side to read
missing-title = { $n ->
    [one] { $n } secret is missing
   *[other] { $n } secrets are missing
}
missing-why = No backup holds secrets. Nothing leaves by these until somebody gives them again.
missing-heights-title = { $n ->
    [one] { $n } file of heights is missing
   *[other] { $n } files of heights are missing
}
missing-heights-why = The backup was made without them. Until the same files are loaded again, heights are compared more coarsely: conflicts are found that may be none.
missing-terrain = Terrain model { $name }, { $bytes } bytes (openline terrain add), SHA-256
missing-geoid = Grid of the geoid { $name }, { $bytes } bytes (openline geoid use), SHA-256
missing-carrier = Carrier { $carrier } of line { $line }: { $option } (openline carrier add)
missing-way = Way { $way } to { $person }: { $kind } (openline reach add)
form-line-late = missed test
form-line-down = missed tests
form-human-missed = human test not passed
officers-title = Officers of this station
officer-role = Role
officer-add = Add an officer
officer-add-why = Tell the officer the first password by another way; the officer can change it here. A name in the record never goes to somebody else.
officer-disable = Disable
officer-enable = Enable
password-give = Give a new password
is-disabled = disabled: may not come in
is-you = this is you
form-conflict = conflict
form-card-differs = cards differ
form-own-card-newer = newer keys of ours
form-records-differ = records differ
form-heads-fail = signed heads do not hold
form-witness-unproven = witness: unproven
form-witness-contradicts = witness: contradiction
form-witness-differs = witness: another record
form-fork-messages = contradiction in the record
form-fork-heads = contradiction in the record
form-fork-leaves = contradiction in the record
form-fork-unproven = contradiction in the record, unproven
form-epoch-restored = brought back from a backup
form-epoch-copied = found to be a copy
form-epoch-rolled-back = behind what it had signed
form-epoch-fork = record goes on in a new epoch
# Collisions
form-finding = finding of conflicts (automatic)
form-finding-answer = word on a conflict
form-caution = caution
said-nothing = has said nothing yet
said-acknowledged = knows of it
said-accepted = accepts it as it is
conflict-do-acknowledge = We know of it
conflict-do-accept = Accept as it is
conflict-do-accept-means = Both plans stay as they are. It is accepted once both sides have said so.
conflict-do-amend = Move our plan
move-what = New times of our plan “{ $title }”, in UTC. The other side gets it as a new version.
move-start = Begins (UTC)
move-end = Ends (UTC)
move-send = Send the new version
move-not = Leave it
move-more = Its area and height stay as they are.
own-desk = OWN DESK ONLY
own-desk-what = Plans of two lines collide
own-desk-means = Tell neither side of the other's plan. A caution names nobody.
notices = { $n ->
    [0] Notices
    [one] Notices: { $n } NOT PASSED ON
   *[other] Notices: { $n } NOT PASSED ON
}
no-notices = No notice known that is not over.
all-passed = Every notice was passed on.
notices-passed = { $n ->
    [one] { $n } passed on
   *[other] { $n } passed on
}
begins-in = Begins in { $span }
began = Began { $span } ago
ours-to-pass = we have not passed it on to our units
theirs-to-pass = { $party } has not passed it on to its units
amended-since = it was amended since units were told
unit-acknowledged = acknowledged by { $by }
unit-silent = not acknowledged yet
unit-older = of an older version
notice-do-passed-on = Passed on …
notice-do-no-objection = No objection
notice-do-objection = Objection …
notice-do-will-adjust = We will adjust …
notice-passed-on-text = Units that were told, with commas between
notice-passed-on-by = Who acknowledged it there, if anybody has
notice-objection-text = Why
notice-will-adjust-text = What will change
notice-send = Send
notice-do-acknowledged = Noted
form-not-passed-on = notice not passed on
form-own-desk = own desk only

files = Announce from a file
file-choose = GeoJSON, KML, KMZ, CSV, XLSX, NOTAM, ED-269 or OpenAir
file-look = Look at it
file-options = What the file does not say
file-options-why = Each holds for all of the file, where the file itself is silent.
option-kind = Kind of activity (kind)
option-ref = Reference (ref)
option-start = From, with offset (start)
option-end = Until, with offset (end)
option-zone = Time zone, like Europe/Kyiv (zone)
option-lower = Lower altitude (lower)
option-upper = Upper altitude (upper)
option-unit = m or ft (unit)
option-datum = AMSL, HAE or AGL (datum)
option-radius_m = Radius in metres (radius_m)
option-width_m = Whole width in metres (width_m)
option-encoding = The text's encoding (encoding)
file-flight-levels = Flight levels as a wide band above the sea
file-understood = { $n ->
    [one] { $n } activity is understood ({ $format }). Nothing was sent yet.
   *[other] { $n } activities are understood ({ $format }). Nothing was sent yet.
 }
file-errors = { $n ->
    [one] { $n } error. Nothing can be sent before it is mended.
   *[other] { $n } errors. Nothing can be sent before they are mended.
 }
file-send = Send to { $line }
file-sent = { $n ->
    [one] { $n } activity was announced to { $line }.
   *[other] { $n } activities were announced to { $line }.
 }
file-place = In the file
file-ref = Reference
file-title = What
file-time = When
file-band = Altitudes
file-where = Where
in-file-feature = feature
in-file-row = row
in-file-placemark = placemark
in-file-zone = zone
in-file-airspace = airspace
in-file-line = line
file-unreadable = The browser could not read that file. Choose it again.

check = Check for conflicts
check-none = No conflict with anything that this station knows, private activities included. Nothing was sent. ({ $time })
check-none-announced = No conflict with anything announced that this station knows. Nothing was sent. ({ $time })
check-found = { $n ->
    [one] { $n } conflict, if this is announced. Nothing was sent. ({ $time })
   *[other] { $n } conflicts, if this is announced. Nothing was sent. ({ $time })
}
check-more = and { $n } more: openline check
