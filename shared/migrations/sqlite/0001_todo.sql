-- AUTOINCREMENT: a number is never given twice, not even after every todo is gone.
CREATE TABLE todo (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    title     TEXT    NOT NULL,
    completed BOOLEAN NOT NULL,
    position  INTEGER
);
