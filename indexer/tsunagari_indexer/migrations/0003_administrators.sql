-- Who may open the administrators' pages. A disabled account keeps its name in the records.
CREATE TABLE accounts (
    name          TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL, -- Argon2id, in its own encoded form
    created_at    TEXT NOT NULL,
    disabled_at   TEXT
);

-- Who is signed in. The token itself is held by the browser alone.
CREATE TABLE sessions (
    token_hash   TEXT PRIMARY KEY, -- SHA-256, hexadecimal
    account      TEXT NOT NULL REFERENCES accounts (name),
    created_at   TEXT NOT NULL,
    last_seen_at TEXT NOT NULL
);

ALTER TABLE audit ADD COLUMN who TEXT NOT NULL DEFAULT '';

-- Words that people use, added to the lexicon. Of several rows on one word of one concept the last holds.
CREATE TABLE lexicon_additions (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    at         TEXT NOT NULL,
    who        TEXT NOT NULL,
    concept    TEXT NOT NULL,
    surface    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    taken_back INTEGER NOT NULL DEFAULT 0
);
