-- A journal as version 1 left it, with one unknown launch.
CREATE TABLE recast_journal (
    id INTEGER NOT NULL PRIMARY KEY,
    ticket VARCHAR(64) NOT NULL UNIQUE,
    process VARCHAR(300) NOT NULL,
    started_at DATETIME NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    email VARCHAR(320),
    base_url VARCHAR(300) NOT NULL,
    client_slug VARCHAR(200) NOT NULL,
    run_type VARCHAR(50) NOT NULL,
    priors_url TEXT NOT NULL,
    parameters JSON NOT NULL,
    data_sha256 VARCHAR(64) NOT NULL,
    body_sha256 VARCHAR(64) NOT NULL,
    row_count INTEGER,
    column_count INTEGER,
    first_day DATE,
    last_day DATE,
    note TEXT NOT NULL,
    reasons JSON NOT NULL,
    listed_ids JSON NOT NULL,
    listed_back_to DATETIME,
    state VARCHAR(20) NOT NULL,
    settled_at DATETIME,
    unknown_at DATETIME,
    run_id VARCHAR(100),
    status INTEGER,
    message TEXT NOT NULL,
    matched_by TEXT,
    settled_by TEXT,
    looks INTEGER NOT NULL,
    not_found INTEGER NOT NULL,
    last_look_at DATETIME,
    look_until DATETIME,
    candidates JSON NOT NULL
);
CREATE INDEX ix_recast_journal_state ON recast_journal (state);
CREATE INDEX ix_recast_journal_started_at ON recast_journal (started_at);
CREATE UNIQUE INDEX recast_journal_owned ON recast_journal (base_url, client_slug, run_id);
CREATE TABLE recast_journal_version (id INTEGER NOT NULL PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO recast_journal_version VALUES (1, 1);
INSERT INTO recast_journal VALUES (
    1, 't1', 'another computer|7|1', '2026-11-02 09:00:00.000000',
    '4706422e4a485c3ef05626b0838a0053f18f310ebceb0629edba50d7ce727e0e', NULL,
    'https://api.example.com', 'acme', 'model_run', 'https://docs.google.com/spreadsheets/d/desk/edit',
    '{}', 'd', 'b', NULL, NULL, NULL, NULL, 'Monday', '{}', '[]', NULL, 'unknown',
    '2026-11-02 09:01:00.000000', '2026-11-02 09:01:00.000000', NULL, NULL, 'No answer.', NULL, NULL,
    0, 0, NULL, NULL, '[]'
);
