-- The database as version 1 made it: what an upgrade starts from. It never changes.

CREATE TABLE activities (
    peer TEXT NOT NULL,
    thing TEXT NOT NULL,
    party TEXT NOT NULL,
    revision INTEGER NOT NULL,
    start BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    fields BLOB NOT NULL,
    cancelled_at BIGINT,
    PRIMARY KEY (peer, thing)
);

CREATE INDEX activities_when ON activities (peer, start, "end");

CREATE TABLE alarms (
    id TEXT NOT NULL,
    peer TEXT NOT NULL,
    message TEXT NOT NULL,
    precedence TEXT NOT NULL,
    what TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    sounded INTEGER NOT NULL,
    acknowledged_at BIGINT,
    PRIMARY KEY (id)
);

CREATE TABLE calls (
    peer TEXT NOT NULL,
    id TEXT NOT NULL,
    seeker TEXT NOT NULL,
    other TEXT NOT NULL,
    level TEXT NOT NULL,
    turns TEXT NOT NULL,
    PRIMARY KEY (peer, id)
);

CREATE TABLE cancels (
    peer TEXT NOT NULL,
    thing TEXT NOT NULL,
    party TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (peer, thing)
);

CREATE TABLE conflicts (
    peer TEXT NOT NULL,
    id TEXT NOT NULL,
    a TEXT NOT NULL,
    b TEXT NOT NULL,
    start BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    horizontal_mm BIGINT NOT NULL,
    vertical_mm BIGINT NOT NULL,
    flags TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    resolved_at BIGINT,
    PRIMARY KEY (peer, id)
);

CREATE TABLE contacts (
    peer TEXT NOT NULL,
    id TEXT NOT NULL,
    level TEXT NOT NULL,
    at BIGINT NOT NULL,
    certainty TEXT NOT NULL,
    source TEXT NOT NULL,
    party TEXT NOT NULL,
    PRIMARY KEY (peer, id)
);

CREATE TABLE forks (
    digest BLOB NOT NULL,
    peer TEXT NOT NULL,
    what TEXT NOT NULL,
    position BIGINT NOT NULL,
    evidence BLOB NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (digest)
);

CREATE TABLE heads (
    peer TEXT NOT NULL,
    way TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    size BIGINT NOT NULL,
    frontier BLOB NOT NULL,
    receipted BIGINT NOT NULL,
    receipt BLOB NOT NULL,
    PRIMARY KEY (peer, way)
);

CREATE TABLE lines (
    peer TEXT NOT NULL,
    card TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    declared_ours TEXT NOT NULL,
    declared_theirs TEXT NOT NULL,
    terms_ours TEXT NOT NULL,
    terms_theirs TEXT NOT NULL,
    PRIMARY KEY (peer)
);

CREATE TABLE messages (
    pk INTEGER NOT NULL,
    peer TEXT NOT NULL,
    way TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    number BIGINT NOT NULL,
    id TEXT NOT NULL,
    thing TEXT NOT NULL,
    form TEXT NOT NULL,
    rank INTEGER NOT NULL,
    at BIGINT NOT NULL,
    raw BLOB NOT NULL,
    leaf BLOB NOT NULL,
    root BLOB,
    state TEXT NOT NULL,
    arrived_at BIGINT,
    received_at BIGINT,
    early BLOB,
    shown BOOLEAN NOT NULL,
    PRIMARY KEY (pk),
    UNIQUE (peer, way, epoch, number)
);

CREATE INDEX messages_id ON messages (id);

CREATE INDEX messages_thing ON messages (peer, thing);

CREATE INDEX outbox ON messages (peer, rank, number) WHERE way = 'out' AND received_at IS NULL;

CREATE TABLE meta (
    "key" TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY ("key")
);

CREATE TABLE receipts (
    peer TEXT NOT NULL,
    way TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    raw BLOB NOT NULL,
    PRIMARY KEY (peer, way, epoch, size)
);

CREATE TABLE tests (
    peer TEXT NOT NULL,
    id TEXT NOT NULL,
    scheduled BIGINT,
    at BIGINT NOT NULL,
    deadline BIGINT NOT NULL,
    result TEXT NOT NULL,
    answered_at BIGINT,
    rtt_ms BIGINT,
    offset_ms BIGINT,
    offset_uncertainty_ms BIGINT,
    records_equal BOOLEAN,
    why TEXT NOT NULL,
    PRIMARY KEY (peer, id)
);

CREATE INDEX tests_scheduled ON tests (peer, scheduled);

CREATE INDEX tests_when ON tests (peer, at);
