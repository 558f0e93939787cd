-- What is known of a file. Its bytes are in a file of their own, by the name in `blob`, which no other row ever had.
CREATE TABLE file (
    path     TEXT    NOT NULL PRIMARY KEY,
    blob     TEXT    NOT NULL UNIQUE,
    size     INTEGER NOT NULL,
    digest   TEXT    NOT NULL,
    modified INTEGER NOT NULL
) WITHOUT ROWID;

-- Every change, written with it in one transaction; only the last ones are kept. AUTOINCREMENT: ids only grow.
CREATE TABLE outbox (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT    NOT NULL,
    data TEXT    NOT NULL
);
