"""The statements of the contract, in PostgreSQL's own placeholders, which both drivers take."""

from typing import Final

FILE_COLUMNS: Final = "id, name, content_type, size_bytes, version, created_at, updated_at"

HEALTH: Final = "SELECT 1"

AUTHENTICATE: Final = (
    "SELECT u.id, u.name, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id "
    "WHERE s.token_sha256 = $1 AND s.expires_at > now() AND s.revoked_at IS NULL"
)
SIGN_UP: Final = (
    "INSERT INTO users (name, password_salt, password_hash) VALUES ($1, $2, $3) "
    "ON CONFLICT (name) DO NOTHING RETURNING id, name, created_at"
)
FIND_USER: Final = "SELECT id, password_salt, password_hash FROM users WHERE name = $1"
OPEN_SESSION: Final = (
    "INSERT INTO sessions (token_sha256, user_id, expires_at) "
    "VALUES ($1, $2, now() + make_interval(secs => $3)) RETURNING expires_at"
)
REVOKE_SESSION: Final = "UPDATE sessions SET revoked_at = now() WHERE token_sha256 = $1"

CREATE_FILE: Final = (
    "INSERT INTO files (user_id, name, content_type, size_bytes, body) VALUES ($1, $2, $3, $4, $5) "
    f"RETURNING {FILE_COLUMNS}"
)
FIRST_PAGE: Final = f"SELECT {FILE_COLUMNS} FROM files WHERE user_id = $1 ORDER BY id DESC LIMIT $2"
NEXT_PAGE: Final = f"SELECT {FILE_COLUMNS} FROM files WHERE user_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2"
READ_FILE: Final = f"SELECT {FILE_COLUMNS} FROM files WHERE id = $1 AND user_id = $2"
READ_VERSION: Final = "SELECT version, content_type FROM files WHERE id = $1 AND user_id = $2"
READ_CONTENT: Final = "SELECT version, content_type, body FROM files WHERE id = $1 AND user_id = $2"
_REPLACE: Final = (
    "UPDATE files SET body = $3, size_bytes = $4, content_type = $5, version = version + 1, updated_at = now() "
    "WHERE id = $1 AND user_id = $2"
)
REPLACE_ANY_VERSION: Final = f"{_REPLACE} RETURNING {FILE_COLUMNS}"
REPLACE_VERSIONS: Final = f"{_REPLACE} AND version = ANY($6::int[]) RETURNING {FILE_COLUMNS}"
DELETE_FILE: Final = "DELETE FROM files WHERE id = $1 AND user_id = $2"

FILE_SIZES: Final = "SELECT id, size_bytes FROM files WHERE user_id = $1 AND id = ANY($2::uuid[])"
ENQUEUE_AGGREGATION: Final = (
    "WITH job AS (INSERT INTO aggregations (user_id, file_ids) VALUES ($1, $2) RETURNING id, status, created_at) "
    "SELECT id, status, created_at, pg_notify('aggregation_queued', id::text) FROM job"
)
READ_AGGREGATION: Final = (
    "SELECT id, status, result_file_id, reason, created_at, finished_at FROM aggregations "
    "WHERE id = $1 AND user_id = $2"
)

CLAIM_AGGREGATION: Final = (
    "SELECT id, user_id, file_ids FROM aggregations WHERE status = 'pending' ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1"
)
READ_BODIES: Final = "SELECT id, body FROM files WHERE user_id = $1 AND id = ANY($2::uuid[])"
CREATE_RESULT: Final = (
    "INSERT INTO files (user_id, name, content_type, size_bytes, body) VALUES ($1, $2, $3, $4, $5) RETURNING id"
)
FINISH_AGGREGATION: Final = (
    "UPDATE aggregations SET status = $2, result_file_id = $3, reason = $4, finished_at = now() WHERE id = $1"
)
NEXT_EVENT_ID: Final = "UPDATE users SET last_event_id = last_event_id + 1 WHERE id = $1 RETURNING last_event_id"
ADD_EVENT: Final = (
    "WITH event AS (INSERT INTO events (user_id, id, aggregation_id, status, result_file_id, reason) "
    "VALUES ($1, $2, $3, $4, $5, $6) RETURNING user_id) "
    "SELECT pg_notify('user_event', user_id::text) FROM event"
)

LAST_EVENT_ID: Final = "SELECT last_event_id FROM users WHERE id = $1"
EVENTS_AFTER: Final = (
    "SELECT id, aggregation_id, status, result_file_id, reason FROM events WHERE user_id = $1 AND id > $2 ORDER BY id"
)

CHANNEL_QUEUED: Final = "aggregation_queued"
CHANNEL_EVENT: Final = "user_event"
STATEMENT_TIMEOUT_MS: Final = 5_000
