-- The id of each year's record that was published. Ids follow from the records; what was published is remembered, so that a
-- corrected file of the same edition keeps its addresses.
CREATE TABLE given_ids (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    year       INTEGER NOT NULL,
    place_code TEXT NOT NULL,
    name       TEXT NOT NULL, -- in comparable form
    ordinal    INTEGER NOT NULL,
    phone      TEXT NOT NULL,
    series     TEXT NOT NULL
);
INSERT INTO given_ids SELECT id, kind, first_year, place_code, name, ordinal, phone, series FROM identities;
DROP TABLE identities;

-- What a person decided of records: that two are one programme, that they are not, or (second empty) that one is none.
CREATE TABLE decisions (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at      TEXT NOT NULL,
    who     TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('same', 'different', 'left out')),
    first   TEXT NOT NULL,
    second  TEXT NOT NULL,
    reason  TEXT NOT NULL
);

CREATE TABLE corrections (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    at          TEXT NOT NULL,
    who         TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    field       TEXT NOT NULL,
    source      TEXT NOT NULL, -- exactly as the document was read
    corrected   TEXT NOT NULL,
    reason      TEXT NOT NULL,
    series      TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    part        TEXT NOT NULL
);

-- Findings that somebody looked at and let pass.
CREATE TABLE accepted (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    at       TEXT NOT NULL,
    who      TEXT NOT NULL,
    document TEXT NOT NULL,
    code     TEXT NOT NULL,
    page     INTEGER,
    row      INTEGER,
    value    TEXT NOT NULL,
    reason   TEXT NOT NULL
);

-- Somebody's word that a programme or desk stands. Who said it, and the note, are served nowhere.
CREATE TABLE confirmations (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at      TEXT NOT NULL,
    who     TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('program', 'desk')),
    subject TEXT NOT NULL,
    on_day  TEXT NOT NULL,
    way     TEXT NOT NULL,
    outcome TEXT NOT NULL,
    url     TEXT NOT NULL,
    note    TEXT NOT NULL
);
