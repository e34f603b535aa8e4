use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use program::{Problem, json};
use serde::Serialize;
use uuid::Uuid;

use crate::body::read_object;
use crate::database::{Database, Failure, Instant};
use crate::password::{PasswordHash, random_bytes};
use crate::service::{Answer, Service, Session, Shared, hash_token};
use crate::text::is_user_name;

const MIN_PASSWORD_CHARS: usize = 8;
/// Of passwords everywhere, and of names at log-in.
const MAX_CREDENTIAL_CHARS: usize = 128;

const WRONG_CREDENTIALS: Problem =
    Problem::new(401, "unauthorized", "Unauthorized", "the name or the password is wrong");
const NAME_TAKEN: Problem = Problem::new(409, "name-taken", "Name taken", "another user has this name");

/// An account as its owner sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub id: Uuid,
    name: String,
    created_at: Instant,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OpenedSession {
    token: String,
    user_id: Uuid,
    expires_at: Instant,
}

/// The user of a live session.
pub async fn authenticate(db: &Database, token_hash: &[u8; 32]) -> Result<Option<User>, Failure> {
    let sql = "SELECT u.id, u.name, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id \
               WHERE s.token_sha256 = $1 AND s.expires_at > now() AND s.revoked_at IS NULL";
    let row = db.row(sql, &[&token_hash.as_slice()]).await?;
    Ok(row.map(|row| User { id: row.get(0), name: row.get(1), created_at: row.get(2) }))
}

pub async fn sign_up(State(service): Shared, request: Request) -> Answer {
    let body = read_object(request, &["name", "password"]).await?;
    let name = body.text("name", 3, 64)?;
    if !is_user_name(&name) {
        return Err(Problem::invalid("\"name\" may have a to z, 0 to 9, dot, underscore and hyphen"));
    }
    let stored = service.hasher.hash(body.text("password", MIN_PASSWORD_CHARS, MAX_CREDENTIAL_CHARS)?).await?;
    let sql = "INSERT INTO users (name, password_salt, password_hash) VALUES ($1, $2, $3) \
               ON CONFLICT (name) DO NOTHING RETURNING id, name, created_at";
    let row = service.db.row(sql, &[&name, &stored.salt, &stored.key]).await?.ok_or(NAME_TAKEN)?;
    let user = User { id: row.get(0), name: row.get(1), created_at: row.get(2) };
    Ok(([(LOCATION, "/users/me")], json(StatusCode::CREATED, &user)).into_response())
}

pub async fn log_in(State(service): Shared, request: Request) -> Answer {
    let body = read_object(request, &["name", "password"]).await?;
    let name = body.text("name", 1, MAX_CREDENTIAL_CHARS)?;
    let user_id = check_password(&service, &name, body.text("password", 1, MAX_CREDENTIAL_CHARS)?).await?;
    let token = URL_SAFE_NO_PAD.encode(random_bytes::<32>());
    let sql = "INSERT INTO sessions (token_sha256, user_id, expires_at) \
               VALUES ($1, $2, now() + make_interval(secs => $3)) RETURNING expires_at";
    let ttl_seconds = service.config.session_ttl.as_secs_f64();
    let row = service.db.only_row(sql, &[&hash_token(&token).as_slice(), &user_id, &ttl_seconds]).await?;
    Ok(json(StatusCode::CREATED, &OpenedSession { token, user_id, expires_at: row.get(0) }))
}

/// Derives a key whether the name is known or not, so that the time taken reveals nothing.
async fn check_password(service: &Service, name: &str, password: String) -> Result<Uuid, Problem> {
    let found = find_credentials(&service.db, name).await?;
    let (user_id, stored) = found.map_or((None, PasswordHash::of_nobody()), |(id, stored)| (Some(id), stored));
    let is_right = service.hasher.matches(password, stored).await?;
    user_id.filter(|_| is_right).ok_or(WRONG_CREDENTIALS)
}

/// Does not ask for a name with U+0000, which PostgreSQL takes in no text: so no user has it.
async fn find_credentials(db: &Database, name: &str) -> Result<Option<(Uuid, PasswordHash)>, Failure> {
    if name.contains('\0') {
        return Ok(None);
    }
    let row = db.row("SELECT id, password_salt, password_hash FROM users WHERE name = $1", &[&name]).await?;
    Ok(row.map(|row| (row.get(0), PasswordHash { salt: row.get(1), key: row.get(2) })))
}

pub async fn log_out(State(service): Shared, session: Session) -> Answer {
    let sql = "UPDATE sessions SET revoked_at = now() WHERE token_sha256 = $1";
    service.db.execute(sql, &[&session.token_hash.as_slice()]).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub async fn me(session: Session) -> Answer {
    Ok(json(StatusCode::OK, &session.user))
}
