use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{delete, get, post};
use program::{Problem, STOP_WAIT, Stop, json, methods};
use serde_json::json as object;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::timeout;
use tracing::{info, warn};
use uuid::Uuid;

use crate::accounts::{self, User};
use crate::cache::Cache;
use crate::config::Config;
use crate::database::{DATABASE_AWAY, Database};
use crate::events::Hub;
use crate::password::Hasher;
use crate::text::{bearer_token, parse_id};
use crate::{aggregations, events, files, jobs, listener};

const UNAUTHORIZED: Problem =
    Problem::new(401, "unauthorized", "Unauthorized", "a live session's bearer token is needed");

/// What the handlers share.
pub struct Service {
    pub config: Config,
    pub db: Database,
    pub cache: Cache,
    pub hasher: Hasher,
    pub hub: Hub,
    /// Rung when an aggregation may be waiting.
    pub queue: Notify,
}

pub type Shared = State<Arc<Service>>;
pub type Answer = Result<Response, Problem>;

/// Serves until SIGTERM, then lets what has begun end.
pub async fn serve(config: Config) -> std::io::Result<()> {
    let stop = Stop::on_signal()?;
    let listener = TcpListener::bind((config.host.as_str(), config.port)).await?;
    let service = Arc::new(Service {
        db: Database::open(&config),
        cache: Cache::new(config.cache_bytes),
        hasher: Hasher::new(config.workers),
        hub: Hub::new(config.max_event_streams),
        queue: Notify::new(),
        config,
    });
    info!(host = service.config.host, port = service.config.port, workers = service.config.workers, "serving");
    let work = tokio::spawn(jobs::work(service.clone(), stop.clone()));
    tokio::spawn(listener::listen(service.clone(), stop.clone()));
    let connections = program::serve(listener, routes(service.clone()), program::is_exact, stop).await;
    service.hub.close();
    let ending = async { tokio::join!(connections.shutdown(), work) };
    if timeout(STOP_WAIT, ending).await.is_err() {
        warn!("requests cut off");
    }
    Ok(())
}

fn routes(service: Arc<Service>) -> Router {
    Router::new()
        .route("/health", methods("GET", get(health)))
        .route("/users", methods("POST", post(accounts::sign_up)))
        .route("/users/me", methods("GET", get(accounts::me)))
        .route("/sessions", methods("POST", post(accounts::log_in)))
        .route("/sessions/current", methods("DELETE", delete(accounts::log_out)))
        .route("/files", methods("GET, POST", get(files::list).post(files::create)))
        .route("/files/{id}", methods("DELETE, GET, PUT", get(files::read).put(files::replace).delete(files::delete)))
        .route("/files/{id}/content", methods("GET", get(files::content)))
        .route("/aggregations", methods("POST", post(aggregations::accept)))
        .route("/aggregations/{id}", methods("GET", get(aggregations::read)))
        .route("/events", methods("GET", get(events::open)))
        .fallback(async || Problem::NOT_FOUND)
        .with_state(service)
}

async fn health(State(service): Shared) -> Answer {
    service.db.ping().await.map_err(|_| DATABASE_AWAY)?;
    Ok(json(StatusCode::OK, &object!({"status": "ok"})))
}

/// Whom a request comes from. The database is asked for each request anew.
pub struct Session {
    pub user: User,
    pub token_hash: [u8; 32],
}

impl FromRequestParts<Arc<Service>> for Session {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Problem> {
        let token_hash = hash_token(bearer_token(&parts.headers).ok_or(UNAUTHORIZED)?);
        let user = accounts::authenticate(&service.db, &token_hash).await?.ok_or(UNAUTHORIZED)?;
        Ok(Self { user, token_hash })
    }
}

/// What the database knows of a token.
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// The id in a path; one that is no UUID is no one's.
pub fn id_in_path(text: &str) -> Result<Uuid, Problem> {
    parse_id(text).ok_or(Problem::NOT_FOUND)
}
