# Phrases and words in English. A phrase `say-FORM` is the sentence of a filled form; its
# attribute `.FIELD` is added where that field was given. Further variables of a field:
# `-name` the word of a choice, `-day` an instant's date, `-short` the first digits of a hash,
# `-PART` a part of a group or shape.

# Babel date patterns (Unicode TR 35)
pattern-day = d MMMM y
pattern-minute = d MMMM y, HH:mm 'UTC'
pattern-second = d MMMM y, HH:mm:ss 'UTC'
position = { $lat }° { $north ->
    [yes] N
   *[no] S
}, { $lon }° { $east ->
    [yes] E
   *[no] W
}

at-level = { $level ->
    [desk] between the desks
    [commander] between commanders
    [chief] between military chiefs
    [minister] between ministers
   *[leader] between leaders
}

say-acknowledged = { $about } has been noted.

say-activity = Activity { $ref }: { $title } ({ $kind-name }), { $start } to { $end }, { $lower } to { $upper } { $unit-name } { $datum-name }. { $shape ->
    [circle] Where: within { $shape-radius_m } m of { $shape-from }.
    [corridor] Where: corridor { $shape-width_m } m wide from { $shape-from } to { $shape-to } ({ $shape-count } points, { $edges-name }).
   *[area] Where: area with { $shape-count } vertices, one at { $shape-from } ({ $edges-name }).
}
    .separation = Keep clear by { $separation-horizontal_m } m across, { $separation-vertical_m } m in height and { $separation-time_s } s in time.
    .vehicles = { $vehicles ->
        [one] { $vehicles } vehicle.
       *[other] { $vehicles } vehicles.
    }
    .escort = Escort: { $escort-name }.
    .route = Route: { $route }
    .contact = Answers on: { $contact }
    .site_type = What kind of site: { $site_type-name }.
    .permanent = { $permanent ->
        [true] It stays until it is withdrawn.
       *[false] It does not stay.
    }
    .ground_highest_m = Ground below it: { $ground_lowest_m } m to { $ground_highest_m } m above mean sea level.
    .verified = Coordinates verified by a second officer: { $verified-officer } ({ $verified-notation-name }).
    .details = Details: { $details }

say-call-answer = { $answer ->
    [accept] Call { $about }: accepted.
    [decline] Call { $about }: declined.
   *[counter] Call { $about }: another proposal instead.
}
    .propose = Proposed time: { $propose }.
    .level = Level offered: { at-level }.
    .reason = Reason: { $reason }

say-call-confirm = Confirmed: call { $about } took place.

say-call-held = Call { $about } took place from { $start } to { $end }.
    .source = Source: { $source }

say-call-request = A call { at-level } is sought.
    .propose = Proposed time: { $propose }.
    .reason = Reason: { $reason }

say-cancel = { $about } is cancelled.
    .reason = Reason: { $reason }

say-card = Automatic message: this side has checked the other side's card ({ $peer_card-short }…); its own is { $own_card-short }….
    .speaks = The sender reads level { $speaks } of the forms.

say-contact = Contact { at-level } on { $date_only ->
    [true] { $at-day }
   *[false] { $at }
} ({ $certainty-name }). Source: { $source }

say-declaration = This side declares the line { $declared-name }.
    .text = Why: { $text }

say-epoch = From here the sender's record goes on in a new epoch: { $reason-name }. Before, it knew { $previous-size } messages of its own in epoch { $previous-epoch }, root { $previous-root-short }…, and { $peer-size } of the other side in epoch { $peer-epoch }, root { $peer-root-short }….
    .held = Older epochs of the other side that it names too: { $held-count }.

say-fork = The record of { $place-record }, epoch { $place-epoch }, number { $place-number }, contradicts itself: { $kind-name }.
    .evidence = The signed statements are attached ({ $evidence-count } bytes).

say-keys = From here this side's messages are signed with the keys of its card { $serial }, which its root key has signed. { $lost ->
    [true] The key before was lost: this message is signed with the new one.
   *[false] This message is still signed with the key before.
} The card is attached ({ $card-count } bytes).

say-human-test = A test of the person on watch. Type this back: “{ $phrase }”.

say-human-test-answer = The person on watch has answered the human test { $about }: “{ $phrase }”.

say-linetest = Line test. Own record: { $out-size } messages in epoch { $out-epoch }, root { $out-root-short }…; the other side's: { $in-size } messages in epoch { $in-epoch }, root { $in-root-short }….
    .scheduled = Scheduled for { $scheduled }.
    .heads = Both heads are signed with ML-DSA-65 as well ({ $heads-count } bytes).
    .checkpoint = It carries a checkpoint ({ $checkpoint-count } bytes).
    .speaks = The sender reads level { $speaks } of the forms.

say-linetest-answer = Automatic answer to line test { $about }, which arrived { $received }: { $equal ->
    [true] the records are equal.
   *[false] the records differ.
} Own record: { $out-size } messages in epoch { $out-epoch }, root { $out-root-short }…; the tester's: { $in-size } messages in epoch { $in-epoch }, root { $in-root-short }….
    .why = What is wrong with the signatures in the test: { $why }
    .heads = Both heads are signed with ML-DSA-65 as well ({ $heads-count } bytes).
    .checkpoint = It carries a checkpoint ({ $checkpoint-count } bytes).
    .cosignature = The tester's checkpoint is cosigned ({ $cosignature-count } bytes).
    .speaks = The sender reads level { $speaks } of the forms.

say-no-objection = No objection to { $about }.

say-not-understood = Automatic answer: a message was recorded but could not be read ({ $why }). Its hash begins { $about_hash-short }….
    .about = It is { $about }.

say-objection = Objection to { $about }. Reason: { $reason }

say-opened = { $about } has been opened by an officer.

say-passed-on = { $about } has been passed on to: { $units }.
    .passed_at = Passed on { $passed_at }.
    .acknowledged_by = Acknowledged there by: { $acknowledged_by }.
    .acknowledged_at = Acknowledged { $acknowledged_at }.
    .text = They were told: { $text }

say-readout = Readout of call { $about }: { $text }

say-revocation = This side revokes keys of its own, which may have been misused since { $misused_since }: what they sign from now on is refused, and what they signed since then is disputed. The signed revocation is attached ({ $statement-count } bytes).

say-revocation-held = Automatic answer to the revocation { $about } ({ $statement-short }…): { $equal ->
    [true] what it names agrees with what is held here.
   *[false] what it names differs from what is held here.
} Own record: { $out-size } messages in epoch { $out-epoch }, root { $out-root-short }…; the revoking side's: { $in-size } messages in epoch { $in-epoch }, root { $in-root-short }….

say-terms = Proposed terms of the line.
    .highest_m = Ground of the theatre: { $lowest_m } m to { $highest_m } m above mean sea level.
    .test_times = Daily line tests at { $test_times } UTC.
    .sealing = Sealing of what is sent: { $sealing-name }.
    .separation = Separation unless an activity gives its own: { $separation-horizontal_m } m across, { $separation-vertical_m } m in height, { $separation-time_s } s in time.
    .notice = Minimum notice in seconds: { $notice }.
    .quantum = Line tests carry heads signed with ML-DSA-65: { $quantum-name }.
    .schedule = Line tests at: { $schedule }.
    .holidays = On { $holidays } this side's hours do not hold.
    .probe_every_s = Machines look at each cheap carrier every { $probe_every_s } s.
    .answer_within_s = A person answers within { $answer_within_s-flash } s (flash), { $answer_within_s-immediate } s (immediate), { $answer_within_s-priority } s (priority), { $answer_within_s-routine } s (routine).

say-text = { $text }

say-will-adjust = This side will change its plan because of { $about }.
    .text = What will change: { $text }

say-witness-answer = Automatic message of a witness about a head of { $head_of }: { $verdict-name }; { $held } messages of it are cosigned so far. The checkpoint has { $checkpoint-count } bytes.

say-witness-consent = Consent that { $witness } cosigns the heads of the line with { $other }: { $consent-name }.

say-witness-heads = Automatic message to a witness: the head of { $head_of } (a checkpoint of { $checkpoint-count } bytes), to be compared with the one of { $since } messages that was cosigned last.
    .proof = The proof that it continues that one has { $proof-count } bytes.

# Names of forms
form-acknowledged = acknowledged
form-activity = activity
form-call-answer = answer to a call request
form-call-confirm = confirmation of a call
form-call-held = call held
form-call-request = call request
form-cancel = cancellation
form-card = card
form-contact = contact
form-declaration = declaration about the line
form-epoch = new epoch
form-fork = contradiction shown
form-keys = new keys
form-human-test = human test
form-human-test-answer = answer to a human test
form-linetest = line test
form-linetest-answer = answer to a line test
form-no-objection = no objection
form-not-understood = not understood
form-objection = objection
form-opened = opened
form-passed-on = passed on
form-readout = readout
form-revocation = keys revoked
form-revocation-held = answer to a revocation
form-terms = terms of the line
form-text = text
form-will-adjust = will adjust
form-witness-answer = answer of a witness
form-witness-consent = consent to a witness
form-witness-heads = head for a witness

# Names of fields
field-about = about
field-about_hash = hash of the message
field-answer = answer
field-at = at
field-card = card
field-certainty = certainty
field-checkpoint = checkpoint
field-consent = consent
field-cosignature = cosignature
field-date_only = only the date is known
field-datum = datum
field-declared = declared
field-details = details
field-edges = edges
field-end = end
field-epoch = epoch
field-equal = records equal
field-escort = escort
field-head_of = head of
field-heads = heads signed with ML-DSA-65
field-held = cosigned size
field-highest_m = highest ground (m)
field-horizontal_m = horizontal (m)
field-in = incoming record
field-kind = kind
field-level = level
field-lost = key before was lost
field-lower = lower altitude
field-lowest_m = lowest ground (m)
field-misused_since = may have been misused since
field-other = other side of the line
field-out = outgoing record
field-own_card = own card
field-peer_card = other side's card
field-proof = proof
field-propose = proposed time
field-quantum = ML-DSA-65 in line tests
field-reason = reason
field-received = received
field-ref = reference
field-root = root
field-route = route
field-scheduled = scheduled
field-sealing = sealing
field-separation = separation
field-serial = serial number
field-shape = place
field-since = proof starts at
field-size = size
field-source = source
field-speaks = level of forms
field-start = start
field-statement = signed statement
field-test_times = times of line tests
field-text = text
field-time_s = time (s)
field-title = title
field-unit = unit
field-units = units
field-upper = upper altitude
field-vehicles = vehicles
field-verdict = verdict
field-vertical_m = vertical (m)
field-why = why
field-evidence = evidence
field-number = number
field-peer = the other side's record
field-place = place
field-previous = own record before
field-record = record of
field-witness = witness
field-phrase = phrase
field-flash = flash
field-immediate = immediate
field-priority = priority
field-routine = routine
field-schedule = schedule of line tests
field-holidays = holidays
field-probe_every_s = between two probes (s)
field-answer_within_s = a person answers within (s)
field-time = time
field-zone = time zone
field-weekdays = weekdays

# Words of choices
answer-accept = accepted
answer-counter = another proposal
answer-decline = declined
certainty-certain = certain
certainty-reported = reported
datum-AGL = above ground
datum-AMSL = above mean sea level
datum-HAE = above the WGS 84 ellipsoid
edges-geodesic = geodesic edges
edges-lonlat = edges straight in longitude and latitude
escort-armed = armed
escort-none = none
escort-unarmed = unarmed
kind-convoy = convoy
kind-exercise = exercise
kind-flight = flight
kind-ground-movement = movement on the ground
kind-live-fire = live fire
kind-naval-movement = movement at sea
kind-other = other
kind-site = site
kind-unmanned-flight = unmanned flight
level-chief = military chief
level-commander = commander
level-desk = desk
level-leader = leader
level-minister = minister
unit-ft = ft
unit-m = m
epoch-reason-restored = the station was brought back from a backup
epoch-reason-copied = the station was found to be a copy
epoch-reason-rolled-back = the station was found behind what it had signed
epoch-reason-fork = the record could not go on as it was
fork-kind-messages = two messages at one place
fork-kind-heads = two heads of one size
fork-kind-leaves = two leaves at one place
fork-kind-unproven = not proven yet
weekday-mon = Mon
weekday-tue = Tue
weekday-wed = Wed
weekday-thu = Thu
weekday-fri = Fri
weekday-sat = Sat
weekday-sun = Sun

# Words of states
precedence-flash = flash
precedence-immediate = immediate
precedence-priority = priority
precedence-routine = routine
direction-in = received
direction-out = sent
state-queued = queued
state-sent = sent
state-held = held by the receiver
state-received = received
state-opened = opened
state-answered = answered
state-expired = expired
state-withdrawn = withdrawn
observed-up = up
observed-late = late
observed-down = down
observed-untested = untested
declared-open = open
declared-suspended = suspended
sealing-hybrid = X25519 and ML-KEM-768 together
sealing-x25519 = X25519 alone
test-passed = passed
test-late = late
test-failed = failed
finding-disk = disk
finding-clock = clock
finding-network = network
finding-carrier = first hop
finding-probe = probe
finding-line = other line
health-well = well
health-ill = NOT WELL
health-unknown = not known
conclusion-own-disk = Our own disk is not well: this side may not have been able to send or to store.
conclusion-own-network = Our own network has no way out to any carrier: this side could not have been heard.
conclusion-machine-answers = The machine on the other side answers probes; the test itself was not answered in time.
conclusion-this-line-unreached = Our own side works and other lines answer; nothing of this line can be reached from here.
conclusion-this-line-silent = Our own side works and other lines answer; a carrier of this line can be reached and brings no answer.
conclusion-all-silent = No line answers, and nothing was found wrong on our own side.
conclusion-nothing-to-compare = Nothing was found wrong on our own side; there is no other line to compare with.
conclusion-not-known = Why the other side has not answered is not known here. Ask by voice.
call-sought = sought
call-accepted = accepted
call-countered = countered
call-declined = declined
call-unanswered = unanswered
call-expired = expired
call-withdrawn = withdrawn
call-held = held
contact-claimed = claimed by one side
contact-confirmed = confirmed by both sides
conflict-found = found
conflict-acknowledged = acknowledged
conflict-resolved = resolved
conflict-accepted = accepted
conflict-expired = expired
whose-ours = ours
whose-theirs = theirs
whose-carrier = the carrier's
alarm-conflict = CONFLICT: two plans collide
alarm-card-differs = the other side holds another card
alarm-records-differ = the two sides' records differ
alarm-heads-fail = signed heads do not hold
alarm-witness-unproven = a witness was shown a head that nothing shows to continue what it cosigned
alarm-witness-contradicts = a witness was shown a head that contradicts what it cosigned
alarm-witness-differs = a witness cosigned another record than this one
alarm-fork-messages = the other side signed two messages at one place
alarm-fork-heads = the other side signed two heads of one size
alarm-fork-leaves = the other side signed two leaves at one place
alarm-fork-unproven = the other side's word contradicts our record
alarm-epoch-restored = this station was brought back from a backup: a new epoch began
alarm-epoch-copied = this station was found to be a copy: a new epoch began
alarm-epoch-rolled-back = this station was behind what it had signed: a new epoch began
alarm-epoch-fork = our record could not go on as it was: a new epoch began
alarm-own-card-newer = the other side knows newer keys of ours: this station has old ones, and needs keys rotate --lost
consent-given = given
consent-withdrawn = withdrawn
quantum-off = off
quantum-on = on
verdict-contradicts = contradicts what was cosigned
verdict-cosigned = cosigned
verdict-no-consent = not cosigned: both sides must consent
verdict-older = not cosigned: older than what was cosigned
verdict-stale = not cosigned yet: the proof starts elsewhere
verdict-unproven = not cosigned: nothing shows that it continues what was cosigned

# Urgency
say-stop = STOP: you are hitting { $place }.
    .site = It was notified as { $site }.
    .what = There is: { $what }.
    .text = { $text }
    .valid_until = Valid until { $valid_until }.
say-stop-answer = Answer to stop { $about }: { $answer-name }.
    .text = { $text }
say-query = Is this yours, not yours, or unknown to you: { $what-name } at { $place }?
    .at = Seen { $at }.
    .text = { $text }
    .valid_until = Valid until { $valid_until }.
say-query-answer = Answer to query { $about }: { $answer-name }.
    .text = { $text }
say-accident = ACCIDENT, NOT AN ATTACK: { $what }. Where: { $place }. When: { $at }.
    .heading = Heading: { $heading }.
    .towards = Towards { $towards }.
    .text = { $text }
    .valid_until = Valid until { $valid_until }.
say-escalation = Automatic message: no person has answered { $about } yet; called now: { $step-name }; people there to call: { $called }.
say-wake = Automatic message: since { $since } no person at this desk has answered what is urgent. Please reach its people by any way that you have.
form-stop = stop
form-stop-answer = answer to a stop
form-query = query
form-query-answer = answer to a query
form-accident = accident
form-escalation = escalation
form-wake = call to wake a desk
field-valid_until = valid until
field-site = site
field-what = what
field-heading = heading
field-towards = towards
field-step = step
field-called = called
stop-answer-stopped = stopped
stop-answer-not-ours = not ours
stop-answer-ours-continuing = ours, continuing
stop-answer-unit-not-reached = unit not reached
query-what-track = track
query-what-strike = strike
query-what-force = force
query-answer-ours = ours
query-answer-not-ours = not ours
query-answer-unknown = unknown
step-watch = all officers on watch
step-commander = the duty commander
step-contacts = every contact
step-desks = the desks of other lines
alarm-not-received = this flash message has not been received for 30 s; call the other side by voice
alarm-nobody-called = the other side's machine has nobody to call for this message; call by voice
alarm-no-voice = its card has no voice numbers
urgency-waiting = waits for a person
urgency-overdue = no person has answered in time
urgency-opened = opened
urgency-answered = answered
alarm-alert-failed = an alarm has not left to a person

# Activities
say-activity-confirm = { $about } is still there, as it was announced.
form-activity-confirm = activity confirmed
field-contact = radio or telephone
field-site_type = kind of site
field-permanent = stays until withdrawn
field-ground_lowest_m = lowest ground below (m)
field-ground_highest_m = highest ground below (m)
field-verified = verified
field-officer = officer
field-notation = notation
field-notice = minimum notice
field-seconds = seconds
kind-missile-test = missile or rocket test
kind-demining = demining
kind-distribution-point = distribution point
site-hospital = hospital
site-school = school
site-camp = camp
site-water = water supply
site-depot = depot
notation-decimal = typed again in decimal degrees
notation-dms = typed again in degrees, minutes and seconds
notation-mgrs = typed again in MGRS
phase-draft = draft
phase-planned = planned, announced to nobody
phase-announced = announced
phase-amended = amended
phase-active = active
phase-ended = ended
phase-cancelled = cancelled
mark-late = LATE NOTICE
mark-unconfirmed = NOT RECONFIRMED
mark-unverified = COORDINATES NOT VERIFIED
mark-lacking = LACKING
mark-private = PRIVATE
mark-nobody-verifies = sent all the same: this station has no officers, so no second one
mark-withheld = details withheld from this role
alarm-late-notice = This notice came later than agreed
alarm-lacking = Our notice goes without what its kind needs: amend it
alarm-unverified = Coordinates of ours that no second officer has verified
alarm-site-unconfirmed = Is it still there? An activity of ours is to be reconfirmed
alarm-private-conflict = PRIVATE: an activity of ours collides with what was announced
alarm-private-unverified = PRIVATE: coordinates of ours that no second officer has verified
alarm-line-late = a line test was missed
alarm-line-down = two or more line tests in a row were missed
alarm-human-missed = a human test was not passed

# Alarms that leave the house: a title, and a body that says nothing of what a message says
notice-handover = Openline { $party }: test
    .body = Hand-over: this tests your alarms. Nothing has happened.
notice-message = Openline { $party }: { $precedence } from { $line }
    .body = { $id } has waited for a person since { $at }. Open the console, or answer by command.
notice-line-late = Openline { $party }: line test missed, { $line }
    .body = The test of the line to { $line } of { $at } was not passed. Open the console: it says what was found here.
notice-line-down = Openline { $party }: line tests missed, { $line }
    .body = Two or more tests in a row of the line to { $line } were not passed, the newest that of { $at }. Open the console: it says what was found here.
notice-human-missed = Openline { $party }: human test not passed, { $line }
    .body = Nobody at the desk of { $line } has passed the human test of { $at }. Open the console: it says what is known here.

# What is said of a missed test: what was seen here, and no cause
missed-line = The test of { $at } was not answered within its time.
missed-line-wrong = The test of { $at } was answered, and is not passed:
missed-looking = This side is still looking at itself.
missed-human = Nobody there has typed back the phrase of the human test of { $at } within its time.
missed-human-wrong = What was typed back to the human test of { $at } is another phrase.
missed-received = The machine there received it at { $at }.
missed-unreceived = No receipt says that it has arrived there.
missed-over = OVER since { $at }: a test was answered.

# Collisions
say-finding = Automatic message: this side's machine has compared plans of both sides. Verdict, plans, time, distance across and in height (m): { $pairs }.
say-finding-answer = On conflict { $about } this side says: { $answer-name }. The plans were { $first } and { $second }.
    .text = { $text }
say-caution = CAUTION: { $text }
    .place = Around { $place }.
    .radius_m = Within { $radius_m } m.
    .start = From { $start }.
    .end = Until { $end }.
form-finding = finding of conflicts
form-finding-answer = word on a conflict
form-caution = caution
field-pairs = pairs of plans
field-first = first plan
field-second = second plan
field-flags = allowed for
field-passed_at = passed on at
field-acknowledged_by = acknowledged by
field-acknowledged_at = acknowledged at
field-radius_m = radius (m)
pair-conflict = conflict
pair-none = no conflict any more
finding-answer-acknowledged = the conflict is known here
finding-answer-accepted = accepted as it is
alarm-not-passed-on = NOT PASSED ON: we have not told our units
alarm-not-passed-on-there = NOT PASSED ON: the other side has not told its units
alarm-own-desk = own desk only: two other parties' plans collide; tell neither of the other
passing-passed = passed on
passing-open = not passed on yet
passing-over = over

# Notes of a file, about one activity as it was read
note-flight-levels = flight levels are pressures: taken as altitudes AMSL, widened by { $feet } ft and { $percent } %
note-unlimited = unlimited upwards: taken as { $metres } m
note-from-ground = from the ground up: taken from { $height }, below all dry land
note-above-ground = its lower limit is above the ground: taken from { $height }, below all dry land
note-notam-replaces = it replaces { $replaced ->
    [none] another
   *[other] { $replaced }
}, which is not cancelled by this
note-notam-time = { $letter }) is '{ $text }': the { $end } that was given is taken
note-notam-circle = the circle of its Q line is taken, whose centre is rounded to a minute
note-kml-description = its description is not sent: ExtendedData with the name details would be
note-ref-twice = the ref '{ $ref }' stands at { $place } as well
note-columns = columns not read: { $names }
note-hidden = it is hidden in the workbook, and taken all the same
note-formula = { $cell } is a formula: read as '{ $value }', the value that was kept of it
note-schedule-read = { note-schedule } is read: times in all { $count }
note-schedule-unknown = { note-schedule } is not understood: all of the time is taken
note-schedule-occurrences = { note-schedule } has more than { $occurrences } times (OCCURRENCES): all of the time is taken
note-schedule-features = { note-schedule } has more times than the file has room for, { $features } (FEATURES): all of the time is taken
note-schedule-ref = { note-schedule } has more than one time, and the ref is too long to name each: all of the time is taken
note-schedule = { $of ->
    [line] its line D)
   *[zone] its schedule
}
