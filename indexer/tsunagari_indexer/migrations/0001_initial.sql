-- Generations: their numbers come from here and are never used twice. Which one is published stands in the file CURRENT.
CREATE TABLE generations (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    suffix       TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('building', 'staged', 'published', 'discarded')),
    created_at   TEXT NOT NULL,
    published_at TEXT,
    previous     INTEGER,      -- the generation that was served before this one was published
    documents    TEXT NOT NULL -- JSON: [{sha256, name, edition, …}], as the archive's manifests write them
);

-- What a programme's address belongs to. An id is given once and never changes; the other columns follow the paper.
CREATE TABLE identities (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    place_code TEXT NOT NULL,
    name       TEXT NOT NULL, -- in comparable form
    ordinal    INTEGER NOT NULL,
    phone      TEXT NOT NULL,
    series     TEXT NOT NULL,
    first_year INTEGER NOT NULL,
    last_year  INTEGER NOT NULL,
    UNIQUE (kind, place_code, name, ordinal)
);

-- Who did what, and why.
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         TEXT NOT NULL,
    action     TEXT NOT NULL,
    generation INTEGER,
    detail     TEXT NOT NULL
);
