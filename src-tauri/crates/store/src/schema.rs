//! The tables. A column that holds an enum holds its name; times are milliseconds since 1970.

/// Version 1.
pub const FIRST: &str = "
CREATE TABLE tenants (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT    NOT NULL COLLATE NOCASE UNIQUE,
    cloud        TEXT    NOT NULL,
    authority    TEXT    NOT NULL,
    graph        TEXT    NOT NULL,
    directory    TEXT    NOT NULL,
    client_id    TEXT    NOT NULL,
    practice     INTEGER NOT NULL,
    created      INTEGER NOT NULL,
    directory_id TEXT,
    display_name TEXT,
    admin        TEXT,
    identified   INTEGER
) STRICT;

CREATE TABLE integrations (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant      INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL COLLATE NOCASE,
    client_id   TEXT    NOT NULL,
    preset      TEXT    NOT NULL,
    permissions TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

CREATE TABLE grants (
    integration INTEGER PRIMARY KEY REFERENCES integrations (id) ON DELETE CASCADE,
    held        TEXT,
    error_code  TEXT,
    at          INTEGER NOT NULL
) STRICT;

CREATE TABLE organizations (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant      INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    integration INTEGER NOT NULL REFERENCES integrations (id),
    name        TEXT    NOT NULL COLLATE NOCASE,
    external_id TEXT    NOT NULL COLLATE NOCASE,
    access      TEXT    NOT NULL,
    sync        TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    UNIQUE (tenant, name),
    UNIQUE (tenant, external_id)
) STRICT;

CREATE INDEX organizations_by_integration ON organizations (integration);

CREATE TRIGGER organizations_keep_their_external_id
BEFORE UPDATE OF external_id, tenant ON organizations
BEGIN
    SELECT RAISE(ABORT, 'an External ID never changes');
END;

CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant        INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    organization  INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    object_id     TEXT    NOT NULL,
    upn           TEXT    NOT NULL COLLATE NOCASE,
    display_name  TEXT    NOT NULL,
    name_key      TEXT    NOT NULL,
    mail          TEXT    COLLATE NOCASE,
    aliases       TEXT    NOT NULL,
    department    TEXT,
    job_title     TEXT,
    enabled       INTEGER NOT NULL,
    guest         INTEGER NOT NULL,
    on_premises   INTEGER NOT NULL,
    exchange_plan INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    access        TEXT,
    sync          TEXT    NOT NULL,
    mailbox       TEXT    NOT NULL,
    verdict       TEXT    NOT NULL DEFAULT 'not_run',
    checked       INTEGER,
    open_issues   INTEGER NOT NULL DEFAULT 0,
    first_cause   TEXT,
    created       INTEGER NOT NULL,
    seen          INTEGER NOT NULL,
    UNIQUE (tenant, object_id)
) STRICT;

CREATE INDEX users_by_organization ON users (organization, verdict, open_issues, checked);
CREATE INDEX users_by_mailbox      ON users (organization, mailbox);
CREATE INDEX users_by_kind         ON users (organization, kind);
CREATE INDEX users_by_name         ON users (name_key);
CREATE INDEX users_by_place        ON users (organization, name_key);
CREATE INDEX users_by_upn          ON users (upn);
CREATE INDEX users_by_mail         ON users (mail) WHERE mail IS NOT NULL;
CREATE INDEX users_by_issues       ON users (open_issues) WHERE open_issues > 0;

CREATE VIRTUAL TABLE users_search USING fts5 (
    display_name, upn, mail, aliases, department, job_title, object_id,
    content = 'users', content_rowid = 'id',
    tokenize = 'trigram remove_diacritics 1'
);

-- Each page that is brought in makes a segment; merging them less often makes an import faster.
INSERT INTO users_search (users_search, rank) VALUES ('automerge', 16);

CREATE TABLE runs (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    organization   INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    state          TEXT    NOT NULL,
    workloads      TEXT    NOT NULL,
    failed_of      INTEGER,
    started        INTEGER NOT NULL,
    ended          INTEGER,
    mailboxes      INTEGER NOT NULL DEFAULT 0,
    mailboxes_done INTEGER NOT NULL DEFAULT 0,
    probes         INTEGER NOT NULL DEFAULT 0,
    probes_done    INTEGER NOT NULL DEFAULT 0,
    requests       INTEGER NOT NULL DEFAULT 0,
    throttled      INTEGER NOT NULL DEFAULT 0,
    retried        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX runs_by_organization ON runs (organization);

-- What a run found out stays when the user is removed, so it names the user itself.
CREATE TABLE run_mailboxes (
    run          INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    user         INTEGER NOT NULL,
    object_id    TEXT    NOT NULL,
    upn          TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    name_key     TEXT    NOT NULL,
    verdict      TEXT    NOT NULL,
    remaining    INTEGER NOT NULL,
    PRIMARY KEY (run, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_mailboxes_by_name    ON run_mailboxes (run, name_key);
CREATE INDEX run_mailboxes_by_verdict ON run_mailboxes (run, verdict, name_key, remaining);

-- A probe without a verdict is queued.
CREATE TABLE probes (
    run               INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    user              INTEGER NOT NULL,
    workload          TEXT    NOT NULL,
    turn              INTEGER NOT NULL,
    due               INTEGER NOT NULL,
    attempts          INTEGER NOT NULL DEFAULT 0,
    verdict           TEXT,
    http              INTEGER,
    code              TEXT,
    cause             TEXT,
    fingerprint       TEXT,
    request_id        TEXT,
    client_request_id TEXT,
    checked           INTEGER,
    digest            BLOB,
    PRIMARY KEY (run, user, workload)
) STRICT, WITHOUT ROWID;

CREATE INDEX probes_queued         ON probes (run, turn, due)    WHERE verdict IS NULL;
CREATE INDEX probes_by_fingerprint ON probes (run, fingerprint)  WHERE fingerprint IS NOT NULL;

CREATE TABLE checks (
    user              INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workload          TEXT    NOT NULL,
    run               INTEGER NOT NULL,
    verdict           TEXT    NOT NULL,
    http              INTEGER,
    code              TEXT,
    cause             TEXT,
    fingerprint       TEXT,
    request_id        TEXT,
    client_request_id TEXT,
    checked           INTEGER NOT NULL,
    digest            BLOB    NOT NULL,
    first_seen        INTEGER NOT NULL,
    PRIMARY KEY (user, workload)
) STRICT, WITHOUT ROWID;

CREATE INDEX checks_open ON checks (fingerprint, first_seen) WHERE verdict IN ('failed', 'unknown');

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- No row of it leans on another table: it outlives what it tells of.
CREATE TABLE journal (
    number     INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    tenant     INTEGER,
    action     TEXT    NOT NULL,
    target     TEXT    NOT NULL,
    before     TEXT,
    after      TEXT,
    request_id TEXT,
    outcome    TEXT    NOT NULL,
    digest     TEXT    NOT NULL
) STRICT;

CREATE TRIGGER journal_refuses_update BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER journal_refuses_delete BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;
";

/// Version 2. A workload without a probe row is queued, or not asked where the run's plan says so: since then only answers and
/// waits are written. A probe's `turn` is of version 1; the order of a queue follows from its mailboxes.
pub const SECOND: &str = "
ALTER TABLE users ADD COLUMN gone INTEGER;

-- How many users it has.
ALTER TABLE organizations ADD COLUMN users INTEGER NOT NULL DEFAULT 0;
UPDATE organizations SET users = (SELECT count(*) FROM users WHERE organization = organizations.id);

ALTER TABLE runs ADD COLUMN parked_until INTEGER;

-- Mailboxes of which nothing is queued, by verdict; the rest are not run.
ALTER TABLE runs ADD COLUMN passed  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN failed  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN unknown INTEGER NOT NULL DEFAULT 0;

-- How many mailboxes have a row of their own; the others are in unplanned.
ALTER TABLE runs ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;

UPDATE runs
SET    planned = mailboxes,
       passed  = (SELECT count(*) FROM run_mailboxes WHERE run = runs.id AND verdict = 'passed'  AND remaining = 0),
       failed  = (SELECT count(*) FROM run_mailboxes WHERE run = runs.id AND verdict = 'failed'  AND remaining = 0),
       unknown = (SELECT count(*) FROM run_mailboxes WHERE run = runs.id AND verdict = 'unknown' AND remaining = 0);

CREATE TABLE unplanned (
    run  INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    user INTEGER NOT NULL,
    PRIMARY KEY (run, user)
) STRICT, WITHOUT ROWID;

CREATE VIEW mailboxes_of_runs AS
SELECT run, user, object_id, upn, display_name, name_key, verdict
FROM   run_mailboxes
UNION ALL
SELECT n.run, n.user, u.object_id, u.upn, u.display_name, u.name_key, 'not_run'
FROM   unplanned AS n JOIN users AS u ON u.id = n.user;

-- Every verdict moved a row of this index; those that are looked for are few.
DROP INDEX run_mailboxes_by_verdict;
CREATE INDEX run_mailboxes_open ON run_mailboxes (run, verdict, name_key) WHERE verdict IN ('failed', 'unknown');

-- Users whose words the search index doesn't hold yet: it is brought up to date in steps larger than a page.
CREATE TABLE unindexed (
    user INTEGER PRIMARY KEY
) STRICT;

-- A step is sorted in memory and written as one segment.
INSERT INTO users_search (users_search, rank) VALUES ('hashsize', 8388608);

-- Most people's primary address is their principal name, which has an index of its own.
DROP INDEX users_by_mail;
CREATE INDEX users_by_other_mail ON users (mail) WHERE mail IS NOT NULL AND mail <> upn;

CREATE TABLE deltas (
    organization INTEGER PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    link         TEXT    NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
";

/// Version 3. What single users consented to has rows of its own, so that who still lacks what is told from the disk; and an
/// organization may have a list of permissions of its own.
pub const THIRD: &str = "
-- Grants of other APIs than Graph and Exchange, and whether the application may be used at all; both of the same read.
ALTER TABLE grants ADD COLUMN others   TEXT;
ALTER TABLE grants ADD COLUMN approval TEXT;

CREATE TABLE user_grants (
    integration INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    object_id   TEXT    NOT NULL,
    scopes      TEXT    NOT NULL,
    PRIMARY KEY (integration, object_id)
) STRICT, WITHOUT ROWID;

-- Where it departs from its integration's.
ALTER TABLE organizations ADD COLUMN permissions TEXT;
";

/// Version 4. Passes of neighbouring mailboxes that came together are packed into one row; a pass of the versions before stays the row
/// that it is, in `probes` and in `checks`. And the search index holds each word of a user once, and no object ids.
pub const FOURTH: &str = "
-- Passes of neighbouring users that came together; which of those users they completed, a bit for each.
CREATE TABLE passes (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    run       INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    block     INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    checked   INTEGER NOT NULL,
    answers   BLOB    NOT NULL
) STRICT;

CREATE INDEX passes_by_block ON passes (run, block);

-- The last row of passes when a check was written: later ones are newer than it.
ALTER TABLE checks ADD COLUMN passes INTEGER NOT NULL DEFAULT 0;

-- The last row of passes when the user's checks were forgotten: up to it none counts.
ALTER TABLE users ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;

-- What of a user is searched by its index. An object id has no words: the ids are read through, which is as quick.
CREATE VIEW searched_users AS
SELECT id, display_name, upn, iif(mail = upn, NULL, mail) AS mail, aliases, department, job_title
FROM   users;

DROP TABLE users_search;
CREATE VIRTUAL TABLE users_search USING fts5 (
    display_name, upn, mail, aliases, department, job_title,
    content = 'searched_users', content_rowid = 'id',
    tokenize = 'trigram remove_diacritics 1'
);

-- A step is sorted in memory and written as one segment, or as several where it has grown to this.
INSERT INTO users_search (users_search, rank) VALUES ('automerge', 16), ('hashsize', 1048576);
INSERT OR IGNORE INTO unindexed (user) SELECT id FROM users;
";

/// Version 5. Sync sessions: when each user was last read and what came of it, where each feed of changes goes on, and what happened to
/// a user over time.
pub const SESSIONS: &str = "
ALTER TABLE organizations ADD COLUMN every_minutes INTEGER NOT NULL DEFAULT 30;
ALTER TABLE organizations ADD COLUMN failures      INTEGER NOT NULL DEFAULT 5;
-- Sessions begin when somebody starts them.
ALTER TABLE organizations ADD COLUMN paused        INTEGER;
UPDATE organizations SET paused = created;
-- When its users may be switched.
ALTER TABLE organizations ADD COLUMN change_window TEXT;
-- When somebody has read what Graph can't do for the integration, and who.
ALTER TABLE organizations ADD COLUMN acknowledged    INTEGER;
ALTER TABLE organizations ADD COLUMN acknowledged_by TEXT;

ALTER TABLE users ADD COLUMN mailbox_since INTEGER;

-- The last session: when it ended, what it came to, and how many in a row have failed with it.
ALTER TABLE users ADD COLUMN synced  INTEGER;
ALTER TABLE users ADD COLUMN session TEXT;
ALTER TABLE users ADD COLUMN failing INTEGER NOT NULL DEFAULT 0;
-- How many there were in all.
ALTER TABLE users ADD COLUMN sessions INTEGER NOT NULL DEFAULT 0;
-- When the next one was last brought forward.
ALTER TABLE users ADD COLUMN forced  INTEGER;
-- Until when Graph has asked not to be asked about the mailbox, by its own clock.
ALTER TABLE users ADD COLUMN held    INTEGER;
-- Since when a switch waits for the change window.
ALTER TABLE users ADD COLUMN queued  INTEGER;

CREATE INDEX users_queued ON users (organization) WHERE queued IS NOT NULL;

-- The latest sessions of each user: a new one takes the place of the oldest.
CREATE TABLE sessions (
    user     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    place    INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    verdict  TEXT    NOT NULL,
    started  INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    changed  INTEGER NOT NULL,
    removed  INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    readings TEXT    NOT NULL,
    PRIMARY KEY (user, place)
) STRICT, WITHOUT ROWID;

-- All sessions in figures, by the hour in which they ended: hours since 1970.
CREATE TABLE session_hours (
    organization INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    hour         INTEGER NOT NULL,
    passed       INTEGER NOT NULL,
    failed       INTEGER NOT NULL,
    unknown      INTEGER NOT NULL,
    changed      INTEGER NOT NULL,
    removed      INTEGER NOT NULL,
    requests     INTEGER NOT NULL,
    took         INTEGER NOT NULL,
    -- When the last of them ended, so that an organization's last session is told without its users.
    latest       INTEGER,
    PRIMARY KEY (organization, hour)
) STRICT, WITHOUT ROWID;

-- Where a feed of changes goes on; until when, for one that has a window.
CREATE TABLE cursors (
    user     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workload TEXT    NOT NULL,
    place    TEXT    NOT NULL,
    link     TEXT    NOT NULL,
    until    INTEGER,
    PRIMARY KEY (user, workload, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE timeline (
    number INTEGER PRIMARY KEY,
    user   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    at     INTEGER NOT NULL,
    what   TEXT    NOT NULL,
    actor  TEXT
) STRICT;

CREATE INDEX timeline_by_user ON timeline (user, at);

-- Why no user of an organization could be read, while it is so.
CREATE TABLE halts (
    organization INTEGER PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    code         TEXT    NOT NULL,
    detail       TEXT    NOT NULL,
    request_id   TEXT,
    since        INTEGER NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
";

/// Version 6. What can be expected of each mailbox, and who said so; and rules by which an organization gets its users. Most people are
/// ready by their plans, and that is written as nothing at all, so that bringing them in costs no more for it.
pub const BRINGING_IN: &str = "
ALTER TABLE users ADD COLUMN eligibility TEXT;
ALTER TABLE users ADD COLUMN evidence    TEXT;

-- What the mailbox said of itself.
ALTER TABLE users ADD COLUMN purpose     TEXT;

UPDATE users
SET    eligibility = CASE WHEN kind = 'user' THEN iif(enabled, 'no_mailbox', 'disabled') ELSE kind END,
       evidence    = CASE kind WHEN 'user'               THEN iif(enabled, 'mail', 'account_enabled')
                               WHEN 'shared_or_resource' THEN 'account_enabled'
                               WHEN 'guest'              THEN 'user_type'
                               WHEN 'on_premises'        THEN 'on_premises_sync'
                     END
WHERE  kind <> 'user' OR NOT enabled OR mail IS NULL;

CREATE INDEX users_not_ready ON users (organization, eligibility) WHERE eligibility IS NOT NULL;

-- When the eligibility of its users was judged last, and why mailboxes were not asked what they are.
ALTER TABLE organizations ADD COLUMN judged  INTEGER;
ALTER TABLE organizations ADD COLUMN unasked TEXT;

-- The first one by place wins.
CREATE TABLE membership_rules (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    organization INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    place        INTEGER NOT NULL,
    condition    TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    created      INTEGER NOT NULL,
    outcome      TEXT
) STRICT;

CREATE INDEX membership_rules_by_organization ON membership_rules (organization);

CREATE TABLE proposals (
    organization INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    object_id    TEXT    NOT NULL,
    rule         INTEGER REFERENCES membership_rules (id) ON DELETE SET NULL,
    upn          TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    name_key     TEXT    NOT NULL,
    declined     INTEGER NOT NULL DEFAULT 0,
    at           INTEGER NOT NULL,
    PRIMARY KEY (organization, object_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX proposals_by_rule ON proposals (rule);
";

/// Version 7. The inspector of sync issues: how a problem grew, what was put aside, and why nobody could be asked.
pub const INSPECTOR: &str = "
-- How many users had a problem on a day, counted in days since 1970 (UTC), as that day's last check left it. The subject is a
-- fingerprint, a problem over all of its fingerprints, or, where it is empty, any problem at all.
CREATE TABLE issue_days (
    organization INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    subject      TEXT    NOT NULL,
    day          INTEGER NOT NULL,
    users        INTEGER NOT NULL,
    PRIMARY KEY (organization, subject, day)
) STRICT, WITHOUT ROWID;

-- `users` is how many there were when it was put aside.
CREATE TABLE snoozes (
    organization INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    fingerprint  TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    actor        TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    until        INTEGER,
    users        INTEGER NOT NULL,
    PRIMARY KEY (organization, fingerprint)
) STRICT, WITHOUT ROWID;

-- Entra gave the integration no token, so that none of the organization's mailboxes could be asked.
CREATE TABLE sign_in_issues (
    organization INTEGER PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    fingerprint  TEXT    NOT NULL,
    cause        TEXT    NOT NULL,
    number       INTEGER,
    request_id   TEXT,
    first_seen   INTEGER NOT NULL,
    last_seen    INTEGER NOT NULL
) STRICT;
";

/// Version 8. Each index of users is of use in more ways than one, so that fewer are written; and the search index holds no lengths of
/// texts, by which nothing is ranked.
pub const FEWER_INDEXES: &str = "
-- The order of all users, and by what it says of the organization the order of one, too.
DROP INDEX users_by_name;
DROP INDEX users_by_place;
CREATE INDEX users_by_name ON users (name_key, id, organization);

DROP INDEX users_by_kind;
DROP INDEX users_by_organization;
CREATE INDEX users_by_organization ON users (organization, verdict, open_issues, checked, kind);

DROP TABLE users_search;
CREATE VIRTUAL TABLE users_search USING fts5 (
    display_name, upn, mail, aliases, department, job_title,
    content = 'searched_users', content_rowid = 'id', columnsize = 0,
    tokenize = 'trigram remove_diacritics 1'
);
INSERT INTO users_search (users_search, rank) VALUES ('automerge', 16), ('hashsize', 1048576);
INSERT OR IGNORE INTO unindexed (user) SELECT id FROM users;
";

/// Version 9. Access scopes: whom an integration is to reach, what was read of what is in force, and the proofs of it.
pub const SCOPE: &str = "
CREATE TABLE scopes (
    organization INTEGER PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    desired      TEXT    NOT NULL,
    -- Null where only something was read.
    set_at       INTEGER,
    -- What was last read of the tenant.
    reading      TEXT,
    -- The last change of what is in force, as somebody told or as a reading showed.
    change       TEXT
) STRICT;

CREATE TABLE proofs (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    organization INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    state        TEXT    NOT NULL,
    started      INTEGER NOT NULL,
    finished     INTEGER,
    desired      TEXT    NOT NULL,
    change       TEXT,
    workloads    TEXT    NOT NULL,
    sample       TEXT    NOT NULL
) STRICT;

CREATE INDEX proofs_by_organization ON proofs (organization, id);

-- A mailbox has its finding once all of its workloads have answered; until then it waits.
CREATE TABLE scope_targets (
    proof        INTEGER NOT NULL REFERENCES proofs (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    object_id    TEXT    NOT NULL,
    upn          TEXT    NOT NULL,
    mail         TEXT,
    display_name TEXT    NOT NULL,
    expected     TEXT    NOT NULL,
    named        INTEGER NOT NULL,
    -- Not to be asked before, by the service's clock.
    due          INTEGER NOT NULL DEFAULT 0,
    finding      TEXT,
    asked        INTEGER,
    calls        TEXT,
    PRIMARY KEY (proof, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX scope_targets_by_finding ON scope_targets (proof, finding);

-- What Exchange's test cmdlets said of mailboxes, by address in lower case.
CREATE TABLE scope_said (
    organization INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    mailbox      TEXT    NOT NULL,
    said         TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (organization, mailbox)
) STRICT, WITHOUT ROWID;
";

/// Version 10. Several mailboxes per user, who signed in for which, and guided migrations.
pub const OUTREACH: &str = "
-- What was set for an address; the directory says which ones there are, but for secondary mailboxes.
CREATE TABLE mailbox_addresses (
    user    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    place   INTEGER NOT NULL,
    address TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    account TEXT,
    sync    INTEGER NOT NULL,
    send    INTEGER NOT NULL,
    chosen  INTEGER NOT NULL,
    seen    TEXT,
    PRIMARY KEY (user, place)
) STRICT, WITHOUT ROWID;

-- Who has signed in to an integration for a user: that one's own account, or the account of a secondary mailbox. The token itself is
-- in the keychain.
CREATE TABLE connections (
    user        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    account     TEXT    NOT NULL,
    integration INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    since       INTEGER NOT NULL,
    need        TEXT,
    PRIMARY KEY (user, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX connections_by_integration ON connections (integration, account);

-- A switch wants a fresh token; one that the user signs in for after it counts again.
CREATE TRIGGER connections_after_switch AFTER UPDATE OF mailbox ON users
WHEN NEW.mailbox = 'switching' AND OLD.mailbox <> 'switching'
BEGIN
    UPDATE connections SET need = '{\"why\":\"switched\"}' WHERE user = NEW.id;
END;

-- A token is for one integration.
CREATE TRIGGER connections_after_move AFTER UPDATE OF organization ON users
WHEN NEW.organization <> OLD.organization
BEGIN
    DELETE FROM connections
    WHERE  user = NEW.id AND integration <> (SELECT integration FROM organizations WHERE id = NEW.organization);
END;

CREATE TABLE migrations (
    user  INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    state TEXT    NOT NULL
) STRICT;
";

/// Version 11. Plans by which organizations are switched in waves.
pub const WAVES: &str = "
CREATE TABLE wave_plans (
    organization INTEGER PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    entry        TEXT    NOT NULL,
    exit         TEXT    NOT NULL,
    by_itself    INTEGER NOT NULL,
    made         INTEGER NOT NULL,
    made_by      TEXT    NOT NULL
) STRICT;

CREATE TABLE waves (
    organization INTEGER NOT NULL REFERENCES wave_plans (organization) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    percent      INTEGER,
    started      INTEGER,
    started_by   TEXT,
    held         INTEGER,
    PRIMARY KEY (organization, number)
) STRICT, WITHOUT ROWID;

-- Whoever of an organization is in none of these is in its last wave.
CREATE TABLE wave_members (
    user         INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    organization INTEGER NOT NULL REFERENCES wave_plans (organization) ON DELETE CASCADE,
    wave         INTEGER NOT NULL,
    PRIMARY KEY (user, organization)
) STRICT, WITHOUT ROWID;

CREATE INDEX wave_members_by_organization ON wave_members (organization, wave);
";

/// Version 12. Tokens whose sign-ins are gone, until they are out of the keychain: neither a keychain that refuses nor the end of the
/// program in between leaves one there for good.
pub const DISCARDED_TOKENS: &str = "
CREATE TABLE discarded_tokens (
    integration INTEGER NOT NULL,
    account     TEXT    NOT NULL,
    PRIMARY KEY (integration, account)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER token_discarded AFTER DELETE ON connections
WHEN NOT EXISTS (SELECT 1 FROM connections WHERE integration = OLD.integration AND account = OLD.account)
BEGIN
    INSERT OR IGNORE INTO discarded_tokens (integration, account) VALUES (OLD.integration, OLD.account);
END;

CREATE TRIGGER token_kept AFTER INSERT ON connections
BEGIN
    DELETE FROM discarded_tokens WHERE integration = NEW.integration AND account = NEW.account;
END;
";

/// Version 13. Errors are searched by their words; and as windows of users are answered from memory, fewer indexes are written.
pub const ROSTER: &str = "
-- The code as Graph or Entra wrote it, and the words of the cause.
ALTER TABLE checks ADD COLUMN error TEXT AS (coalesce(code || ' ', '') || coalesce(replace(cause, '_', ' '), '')) VIRTUAL;

CREATE INDEX checks_by_error ON checks (error) WHERE verdict IN ('failed', 'unknown');

-- An organization's figures come from one index.
DROP INDEX users_by_issues;
DROP INDEX users_by_mailbox;
DROP INDEX users_by_organization;
CREATE INDEX users_by_organization ON users (organization, mailbox, verdict, open_issues, checked);
";

/// Version 14. Mailboxes of a proof are listed by how much it matters what they came to: contradictions first, then what is not known,
/// then what is confirmed. A proof that couldn't be gone on with is tried again later.
pub const PROVING: &str = "
ALTER TABLE proofs ADD COLUMN put_off TEXT;

-- Its number is the store's; 4 is one that was not asked yet.
ALTER TABLE scope_targets ADD COLUMN gravity INTEGER NOT NULL DEFAULT 4;

UPDATE scope_targets SET gravity = CASE finding
    WHEN 'leak'              THEN 0
    WHEN 'lock_out'          THEN 1
    WHEN 'too_early'         THEN 2
    WHEN 'unknown'           THEN 3
    WHEN 'confirmed_outside' THEN 5
    WHEN 'confirmed_inside'  THEN 6
    ELSE 4
END;

CREATE INDEX scope_targets_by_gravity ON scope_targets (proof, gravity, display_name COLLATE NOCASE, number);
";

/// Version 15. What a wave has to come to, where that differs from its plan.
pub const OWN_CRITERIA: &str = "
ALTER TABLE waves ADD COLUMN exit TEXT;
";

/// Version 16. An error is searched by its status as well, and by the title of its cause, for which the cause stands in it by its name. And
/// of an acknowledgement it is kept what was read, and for which integration; one of before is asked for anew.
pub const AS_SHOWN: &str = "
DROP INDEX checks_by_error;
ALTER TABLE checks DROP COLUMN error;

-- The status, the code as Graph or Entra wrote it, and the cause.
ALTER TABLE checks ADD COLUMN error TEXT AS (coalesce(http || ' ', '') || coalesce(code || ' ', '') || coalesce(cause, '')) VIRTUAL;

CREATE INDEX checks_by_error ON checks (error) WHERE verdict IN ('failed', 'unknown');

ALTER TABLE organizations ADD COLUMN acknowledged_what TEXT;
";

/// Version 17. The few who are reached in another way than their organization are found without going through everybody.
pub const OWN_ACCESS: &str = "
CREATE INDEX users_with_own_access ON users (organization) WHERE access IS NOT NULL;
";

/// Version 18. In the middle of a switch everybody may have an access type of their own; who has which is told from the index alone. And
/// the ids of what sessions were answered are looked for without those that passed.
pub const LOOKED_UP: &str = "
DROP INDEX users_with_own_access;
CREATE INDEX users_with_own_access ON users (organization, access) WHERE access IS NOT NULL;

CREATE INDEX sessions_amiss ON sessions (user) WHERE verdict <> 'passed';
";

/// Version 19. A proof keeps what was known of the application when it began: what made the scope void, and what no scope limits. And of a
/// change that shows in a reading it is known when what was in force before it was read.
pub const BASIS: &str = "
ALTER TABLE proofs ADD COLUMN basis TEXT;
ALTER TABLE scopes ADD COLUMN changed_after INTEGER;
";

/// Version 20. What an import brings to the search index is sorted in steps of twice the size, which makes half as many segments that
/// have to be merged.
pub const LARGER_STEPS: &str = "
INSERT INTO users_search (users_search, rank) VALUES ('hashsize', 2097152);
";

/// Version 21. Whom a run is still to ask is kept in ranges of users that follow one another; nobody else is ever numbered in between.
pub const UNPLANNED_RANGES: &str = "
DROP VIEW mailboxes_of_runs;

CREATE TABLE unplanned_ranges (
    run   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    PRIMARY KEY (run, first)
) STRICT, WITHOUT ROWID;

INSERT INTO unplanned_ranges (run, first, last) SELECT run, user, user FROM unplanned;
DROP TABLE unplanned;
ALTER TABLE unplanned_ranges RENAME TO unplanned;

CREATE VIEW mailboxes_of_runs AS
SELECT run, user, object_id, upn, display_name, name_key, verdict
FROM   run_mailboxes
UNION ALL
SELECT n.run, u.id, u.object_id, u.upn, u.display_name, u.name_key, 'not_run'
FROM   unplanned AS n JOIN users AS u ON u.id BETWEEN n.first AND n.last;
";

/// Version 22. Sessions and checks read each mailbox of a user whose sync is on: whose answer it was is kept where it isn't the user's own,
/// and each mailbox has cursors of its own.
pub const READ_MAILBOXES: &str = "
ALTER TABLE probes ADD COLUMN mailbox TEXT;
ALTER TABLE checks ADD COLUMN mailbox TEXT;

CREATE INDEX synchronized_mailboxes ON mailbox_addresses (user) WHERE account IS NOT NULL AND sync;

-- Of which account; nothing stands for the user's own.
CREATE TABLE cursors_of_mailboxes (
    user     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    account  TEXT    NOT NULL,
    workload TEXT    NOT NULL,
    place    TEXT    NOT NULL,
    link     TEXT    NOT NULL,
    until    INTEGER,
    PRIMARY KEY (user, account, workload, place)
) STRICT, WITHOUT ROWID;

INSERT INTO cursors_of_mailboxes (user, account, workload, place, link, until)
SELECT   user, '', workload, place, link, until
FROM     cursors
ORDER BY user, workload, place;
DROP TABLE cursors;
ALTER TABLE cursors_of_mailboxes RENAME TO cursors;
";

/// Version 23. A run's fingerprints have no index: with it, each commit wrote a page of the file for each fingerprint among its answers,
/// and whoever asks for them goes through the run's refusals anyway.
pub const NO_INDEX_OF_FINGERPRINTS: &str = "
DROP INDEX probes_by_fingerprint;
";

/// Version 24. What checks came to is narrow and changes with every check, and who somebody is is wide and hardly ever does: they are kept
/// apart, so that a check writes few pages of the file and no index of users.
pub const VERDICTS: &str = "
-- Of whoever was checked since their checks were last forgotten.
CREATE TABLE verdicts (
    user        INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    verdict     TEXT    NOT NULL,
    checked     INTEGER,
    open_issues INTEGER NOT NULL,
    first_cause TEXT
) STRICT;

INSERT INTO verdicts (user, verdict, checked, open_issues, first_cause)
SELECT id, verdict, checked, open_issues, first_cause
FROM   users
WHERE  verdict <> 'not_run' OR checked IS NOT NULL OR open_issues > 0
ORDER BY id;

CREATE INDEX verdicts_amiss ON verdicts (user) WHERE open_issues > 0;

DROP INDEX users_by_organization;
CREATE INDEX users_by_organization ON users (organization, mailbox);

ALTER TABLE users DROP COLUMN verdict;
ALTER TABLE users DROP COLUMN checked;
ALTER TABLE users DROP COLUMN open_issues;
ALTER TABLE users DROP COLUMN first_cause;
";

/// Version 25. A row of passes has one digest; and whom it says it has completed has passed, without a word in the row of the mailbox.
pub const SEALED_PASSES: &str = "
-- Of all that the row says; nothing in rows of before, where each pass has half of a digest of its own.
ALTER TABLE passes ADD COLUMN digest BLOB;

CREATE VIEW planned_mailboxes AS
SELECT m.run, m.user, m.object_id, m.upn, m.display_name, m.name_key,
       iif(m.remaining > 0 AND EXISTS (SELECT 1
                                       FROM   passes AS p
                                       WHERE  p.run = m.run AND p.block = m.user / 16 AND p.completed >> (m.user % 16) & 1),
           'passed', m.verdict) AS verdict
FROM   run_mailboxes AS m;

DROP VIEW mailboxes_of_runs;
CREATE VIEW mailboxes_of_runs AS
SELECT run, user, object_id, upn, display_name, name_key, verdict
FROM   planned_mailboxes
UNION ALL
SELECT n.run, u.id, u.object_id, u.upn, u.display_name, u.name_key, 'not_run'
FROM   unplanned AS n JOIN users AS u ON u.id BETWEEN n.first AND n.last;
";

/// Version 26. A search goes through lines of text, which are written with their users and cost an import a small part of what an index of
/// all trigrams did. The order of names is told from them, too. They are filled in where they are missing when the file is opened. And
/// letters of more languages are folded. Whom passes have completed is told from their index alone: who goes by name looks for it at
/// every row.
pub const SEARCH_LINES: &str = "
DROP TABLE users_search;
DROP VIEW searched_users;
DROP TABLE unindexed;
DROP INDEX users_by_name;

UPDATE users         SET name_key = folded(display_name) WHERE name_key <> folded(display_name);
UPDATE run_mailboxes SET name_key = folded(display_name) WHERE name_key <> folded(display_name);
UPDATE proposals     SET name_key = folded(display_name) WHERE name_key <> folded(display_name);

-- Of the users whose numbers, divided by sixty-four, are the block: a line for each of them, empty where there is none.
CREATE TABLE search_lines (
    block INTEGER PRIMARY KEY,
    lines TEXT NOT NULL
) STRICT;

DROP INDEX passes_by_block;
CREATE INDEX passes_by_block ON passes (run, block, completed);
";

/// Version 27. Addresses are looked for in the lines, and the order of principal names is told from them, where every new user was written
/// into indexes. Open issues have one index where they had two: errors are few beneath a fingerprint. And whom a check may make ready is
/// told without a look at each of those who aren't.
pub const FEWER_LOOK_UPS: &str = "
DROP INDEX users_by_upn;
DROP INDEX users_by_other_mail;

DROP INDEX checks_by_error;
DROP INDEX checks_open;
CREATE INDEX checks_open ON checks (fingerprint, error) WHERE verdict IN ('failed', 'unknown');

DROP INDEX users_not_ready;
CREATE INDEX users_not_ready ON users (organization, eligibility, evidence) WHERE eligibility IS NOT NULL;
";
