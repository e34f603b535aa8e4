-- The crud service's tables. The harness applies this to the template database; implementations run no DDL.
-- Needs PostgreSQL 18 (uuidv7()). Times keep milliseconds, because answers carry milliseconds.

CREATE TABLE users (
  id            uuid PRIMARY KEY DEFAULT uuidv7(),
  name          text NOT NULL UNIQUE,
  password_salt bytea NOT NULL,
  password_hash bytea NOT NULL,
  last_event_id bigint NOT NULL DEFAULT 0,
  created_at    timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE sessions (
  token_sha256 bytea PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  expires_at   timestamptz(3) NOT NULL,
  revoked_at   timestamptz(3)
);

CREATE TABLE files (
  id           uuid PRIMARY KEY DEFAULT uuidv7(),
  user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name         text NOT NULL,
  content_type text NOT NULL,
  size_bytes   integer NOT NULL,
  version      integer NOT NULL DEFAULT 1,
  body         bytea STORAGE EXTERNAL NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  updated_at   timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX files_by_user ON files (user_id, id DESC);

CREATE TABLE aggregations (
  id             uuid PRIMARY KEY DEFAULT uuidv7(),
  user_id        uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  file_ids       uuid[] NOT NULL,
  status         text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ready', 'failed')),
  result_file_id uuid,
  reason         text,
  created_at     timestamptz(3) NOT NULL DEFAULT now(),
  finished_at    timestamptz(3)
);
CREATE INDEX aggregations_pending ON aggregations (id) WHERE status = 'pending';

CREATE TABLE events (
  user_id        uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id             bigint NOT NULL,
  aggregation_id uuid NOT NULL REFERENCES aggregations (id) ON DELETE CASCADE,
  status         text NOT NULL,
  result_file_id uuid,
  reason         text,
  created_at     timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, id)
);
