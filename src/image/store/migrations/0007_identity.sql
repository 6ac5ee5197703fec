-- Who may do what: people, projects and their members, robots, tokens, sessions, and the record of what was done.

-- password_hash is argon2id; empty for people who sign in elsewhere. epoch grows when everything that was issued to the
-- person before is void; rights grows when only what they may do has changed. search_text is the names and the address
-- in lower case.
CREATE TABLE users (
  id $ID$,
  user_id TEXT $BYTES$ NOT NULL UNIQUE,
  name TEXT $BYTES$ NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  email TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  issuer TEXT $BYTES$,
  subject TEXT $BYTES$,
  admin BIGINT NOT NULL,
  disabled BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  rights BIGINT NOT NULL,
  search_text TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  last_login_at BIGINT,
  UNIQUE (issuer, subject)
);

-- The first element of repository names. public: everybody may pull. quota_bytes: NULL for none.
CREATE TABLE projects (
  id $ID$,
  name TEXT $BYTES$ NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  description TEXT NOT NULL,
  public BIGINT NOT NULL,
  quota_bytes BIGINT,
  created_by TEXT NOT NULL,
  search_text TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE project_members (
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_members_by_user ON project_members (user_id);

-- project_id: NULL for robots of the whole server. secret_hash is SHA-256 of the secret, which is random. scopes is
-- JSON: [{"project","permissions"}].
CREATE TABLE robots (
  id $ID$,
  robot_id TEXT $BYTES$ NOT NULL UNIQUE,
  project_id BIGINT REFERENCES projects (id) ON DELETE CASCADE,
  name TEXT $BYTES$ NOT NULL UNIQUE,
  description TEXT NOT NULL,
  secret_hash TEXT $BYTES$ NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  disabled BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT
);
CREATE INDEX robots_by_project ON robots (project_id, name);

-- scopes is JSON like a robot's; empty: everything that the person may do.
CREATE TABLE api_tokens (
  id $ID$,
  token_id TEXT $BYTES$ NOT NULL UNIQUE,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  token_hash TEXT $BYTES$ NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT
);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);

-- kind tells what the token of the session is for.
CREATE TABLE sessions (
  id $ID$,
  session_id TEXT $BYTES$ NOT NULL UNIQUE,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- before_state and after_state are JSON objects; empty: none. project is empty for what belongs to none.
CREATE TABLE audit_events (
  id $ID$,
  at BIGINT NOT NULL,
  actor TEXT $BYTES$ NOT NULL,
  via TEXT NOT NULL,
  address TEXT NOT NULL,
  request_id TEXT NOT NULL,
  action TEXT $BYTES$ NOT NULL,
  resource TEXT NOT NULL,
  project TEXT $BYTES$ NOT NULL,
  result TEXT $BYTES$ NOT NULL,
  message TEXT NOT NULL,
  before_state TEXT NOT NULL,
  after_state TEXT NOT NULL,
  search_text TEXT NOT NULL
);
CREATE INDEX audit_events_by_time ON audit_events (at);
CREATE INDEX audit_events_by_project ON audit_events (project, id);
CREATE INDEX audit_events_by_actor ON audit_events (actor, id);

-- private: seen by its creator and administrators only.
ALTER TABLE repositories ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
ALTER TABLE repositories ADD COLUMN private BIGINT NOT NULL DEFAULT 0;
ALTER TABLE archive_uploads ADD COLUMN created_by TEXT NOT NULL DEFAULT '';

-- Every repository that is there belongs to a project, named by all before the first slash.
INSERT INTO projects (name, display_name, description, public, created_by, search_text, created_at, updated_at)
SELECT first, first, '', 0, '', first, MIN(at), MIN(at) FROM
  (SELECT SUBSTR(name, 1, LENGTH(name) - LENGTH(LTRIM(name, 'abcdefghijklmnopqrstuvwxyz0123456789._-'))) AS first,
          updated_at AS at FROM repositories) AS names
GROUP BY first;
