use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request as HttpRequest, State};
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use program::{Problem, STOP_WAIT, Stop, json, methods, read_body};
use raft::{NodeId, Outcome};
use serde_json::json as object;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::cluster::Cluster;
use crate::config::Config;
use crate::experiment::{Conditions, crash_leader};
use crate::files::claim;
use crate::member::{Answer, Request};

const MAX_BODY_BYTES: usize = 65_536;
/// How long requests in flight may take once the service stops. Then the nodes stop, and reject them.
const FINISH_WAIT: Duration = Duration::from_secs(3);

const RAFT_INDEX: HeaderName = HeaderName::from_static("raft-index");

pub const NO_LEADER: Problem = Problem::new(503, "no-leader", "No leader", "no node leads; nothing was done");
const OUTCOME_UNKNOWN: Problem =
    Problem::new(504, "outcome-unknown", "Outcome unknown", "it may have happened, or may yet");

type Shared = State<Arc<Cluster>>;
type Answered = Result<Response, Problem>;

/// Serves until SIGTERM, then lets what has begun end. The error is why the program cannot start, in one line.
pub async fn serve(config: Config) -> Result<(), String> {
    let stop = Stop::on_signal().map_err(|error| error.to_string())?;
    let _claim = claim(&config.data_dir)?;
    // The port before the files: a program that cannot serve leaves none behind.
    let address = format!("{}:{}", config.host, config.port);
    let listener = TcpListener::bind((config.host.as_str(), config.port)).await;
    let listener = listener.map_err(|error| format!("{address}: {error}"))?;
    let cluster = Cluster::start(config).map_err(|error| error.to_string())?;
    info!(address, nodes = cluster.config.cluster_size, "serving");
    let connections = program::serve(listener, routes(cluster.clone()), is_route, stop).await;
    let ending = async {
        let mut finishing = std::pin::pin!(connections.shutdown());
        let has_finished = timeout(FINISH_WAIT, &mut finishing).await.is_ok();
        cluster.stop().await;
        if !has_finished {
            finishing.await;
        }
    };
    if timeout(STOP_WAIT, ending).await.is_err() {
        warn!("requests cut off");
    }
    Ok(())
}

/// No segment may be empty; escapes are not resolved, and ".." is a key.
fn is_route(path: &str) -> bool {
    path.starts_with('/') && !path[1..].split('/').any(str::is_empty)
}

fn routes(cluster: Arc<Cluster>) -> Router {
    Router::new()
        .route("/health", methods("GET", get(health)))
        .route("/kv/{key}", methods("GET, PUT", get(read).put(write)))
        .route("/cluster", methods("GET", get(overview)))
        .route("/cluster/elections", methods("GET", get(elections)))
        .route("/cluster/leader/crash", methods("POST", post(crash)))
        .route("/cluster/nodes/{id}/crash", methods("POST", post(crash_node)))
        .route("/cluster/nodes/{id}/restart", methods("POST", post(restart_node)))
        .route("/cluster/nodes/{id}/isolate", methods("POST", post(isolate)))
        .route("/cluster/nodes/{id}/heal", methods("POST", post(heal)))
        .fallback(async || Problem::NOT_FOUND)
        .with_state(cluster)
}

async fn health(State(cluster): Shared) -> Answered {
    cluster.leader().ok_or(NO_LEADER)?;
    Ok(json(StatusCode::OK, &object!({"status": "ok"})))
}

/// The last segment of the path, as it was sent.
fn key_in(uri: &Uri) -> Result<String, Problem> {
    let key = uri.path().rsplit('/').next().unwrap_or_default();
    let is_key = (1..=64).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte));
    if !is_key {
        return Err(Problem::invalid("a key has 1 to 64 letters, digits, dots, underscores, tildes and hyphens"));
    }
    Ok(key.to_owned())
}

async fn write(State(cluster): Shared, uri: Uri, request: HttpRequest) -> Answered {
    let key = key_in(&uri)?;
    let value = body_of(request.into_body()).await?;
    let value = String::from_utf8(value).map_err(|_| Problem::invalid("the value must be UTF-8"))?;
    let command = Arc::from(format!("{key}={value}"));
    let answer = ask(&cluster, key, command).await?.ok_or(OUTCOME_UNKNOWN)?;
    match answer.outcome {
        Outcome::Committed => Ok(json(StatusCode::OK, &object!({"index": answer.index, "term": answer.term}))),
        Outcome::NotLeader => Err(NO_LEADER),
        Outcome::Unknown | Outcome::ReadAllowed => Err(OUTCOME_UNKNOWN),
    }
}

async fn read(State(cluster): Shared, uri: Uri) -> Answered {
    let answer = ask(&cluster, key_in(&uri)?, Arc::from("")).await?;
    let answer = answer.filter(|answer| answer.outcome == Outcome::ReadAllowed).ok_or(NO_LEADER)?;
    let answered = match answer.value {
        Some(value) => ([(CONTENT_TYPE, "text/plain; charset=utf-8")], value).into_response(),
        None => Problem::NOT_FOUND.into_response(),
    };
    Ok(([(RAFT_INDEX, answer.index)], answered).into_response())
}

/// Puts a request to the leader and waits for its answer as long as a client's patience lasts. None where the node has crashed.
async fn ask(cluster: &Cluster, key: String, command: Arc<str>) -> Result<Option<Answer>, Problem> {
    let leader = cluster.leader().ok_or(NO_LEADER)?;
    let (answer, answered) = oneshot::channel();
    if !leader.ask(Request { key, command, answer }) {
        return Err(NO_LEADER);
    }
    match timeout(cluster.config.request_timeout, answered).await {
        Ok(answer) => Ok(answer.ok()),
        Err(_) => Err(OUTCOME_UNKNOWN),
    }
}

async fn body_of(body: Body) -> Result<Vec<u8>, Problem> {
    // This contract has no problem of its own for a body that breaks off.
    read_body(body, MAX_BODY_BYTES).await.map_err(|problem| match problem {
        Problem { name: "malformed-request", .. } => Problem { name: "malformed-json", ..problem },
        other => other,
    })
}

async fn overview(State(cluster): Shared) -> Response {
    json(StatusCode::OK, &cluster.overview())
}

async fn elections(State(cluster): Shared, uri: Uri) -> Answered {
    let after = after_in(uri.query().unwrap_or_default())?;
    Ok(json(StatusCode::OK, &object!({"elections": cluster.elections_after(after)})))
}

fn after_in(query: &str) -> Result<u64, Problem> {
    let mut given = query.split('&').filter_map(|pair| match pair.split_once('=') {
        Some(("after", value)) => Some(value),
        None if pair == "after" => Some(""),
        _ => None,
    });
    let is_number = |text: &str| (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    match (given.next(), given.next()) {
        (None, _) => Ok(0),
        (Some(text), None) if is_number(text) => Ok(text.parse().unwrap_or(u64::MAX)),
        _ => Err(Problem::invalid("\"after\" must be the number of an election")),
    }
}

async fn crash(State(cluster): Shared, request: HttpRequest) -> Answered {
    let asked = Conditions::parse(&body_of(request.into_body()).await?)?;
    Ok(json(StatusCode::OK, &crash_leader(&cluster, &asked).await?))
}

/// The node that the path names, as it was sent.
fn node_in(cluster: &Cluster, uri: &Uri) -> Result<NodeId, Problem> {
    let text = uri.path().split('/').nth(3).unwrap_or_default();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let id = text.parse().ok().filter(|id| is_plain && (1..=cluster.config.cluster_size).contains(id));
    id.ok_or(Problem::NOT_FOUND)
}

async fn crash_node(State(cluster): Shared, uri: Uri) -> Answered {
    Ok(json(StatusCode::OK, &cluster.crash_node(node_in(&cluster, &uri)?)?))
}

async fn restart_node(State(cluster): Shared, uri: Uri) -> Answered {
    let id = node_in(&cluster, &uri)?;
    Ok(json(StatusCode::OK, &cluster.restart_node(id).await?))
}

async fn isolate(State(cluster): Shared, uri: Uri) -> Answered {
    set_isolated(&cluster, &uri, true)
}

async fn heal(State(cluster): Shared, uri: Uri) -> Answered {
    set_isolated(&cluster, &uri, false)
}

fn set_isolated(cluster: &Cluster, uri: &Uri, is_isolated: bool) -> Answered {
    let id = node_in(cluster, uri)?;
    cluster.set_isolated(id, is_isolated)?;
    Ok(json(StatusCode::OK, &object!({"id": id, "isolated": is_isolated})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_as_they_were_sent() {
        let key = |path: &str| key_in(&path.parse().unwrap());
        assert_eq!(key("/kv/.."), Ok("..".to_owned()));
        assert_eq!(key("/kv/a~B-_.9"), Ok("a~B-_.9".to_owned()));
        for odd in ["/kv/%41".to_owned(), "/kv/a:b".to_owned(), format!("/kv/{}", "k".repeat(65))] {
            assert_eq!(key(&odd).unwrap_err().status.as_u16(), 422, "{odd}");
        }
        assert!(is_route("/kv/..") && !is_route("/kv/") && !is_route("//health") && !is_route("*"));
    }

    #[test]
    fn the_number_of_an_election_is_given_once() {
        assert_eq!(after_in(""), Ok(0));
        assert_eq!(after_in("x=1&after=7"), Ok(7));
        for odd in ["after=", "after", "after=-1", "after=1&after=1", "after=1234567890123456"] {
            assert!(after_in(odd).is_err(), "{odd}");
        }
    }
}
