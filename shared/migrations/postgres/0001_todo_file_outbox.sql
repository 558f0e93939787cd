-- An identity's number is never given twice, not even after every todo is gone.
CREATE TABLE todo (
    id        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- UTF-8: a title may hold U+0000, which `text` may not.
    title     bytea   NOT NULL,
    completed boolean NOT NULL,
    position  bigint
);

-- What is known of a file. Its bytes are the pieces of the name in `blob`, which no other row ever had.
CREATE TABLE file (
    path     text   COLLATE "C" PRIMARY KEY,
    blob     text   NOT NULL UNIQUE,
    size     bigint NOT NULL,
    digest   text   NOT NULL,
    modified bigint NOT NULL
);

-- Bytes of files, in pieces of one size but for the last; written once. EXTERNAL: most files are compressed already.
CREATE TABLE piece (
    blob   text    NOT NULL,
    number integer NOT NULL,
    bytes  bytea   NOT NULL,
    PRIMARY KEY (blob, number)
);
ALTER TABLE piece ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Every change, written with it in one transaction; only the last ones are kept.
CREATE TABLE outbox (
    id   bigint PRIMARY KEY,
    name text   NOT NULL,
    data text   NOT NULL
);

-- The number of the newest change. A row and no sequence: whoever takes the next number keeps others from the one
-- behind it until the commit, so that numbers have no gaps and appear in their order.
CREATE TABLE newest (
    id       bigint  NOT NULL,
    is_alone boolean PRIMARY KEY DEFAULT true CHECK (is_alone)
);
INSERT INTO newest (id) VALUES (0);
