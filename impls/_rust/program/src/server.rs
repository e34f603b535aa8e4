use std::convert::Infallible;
use std::future::Future;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ALLOW, EXPECT};
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep;
use tower::ServiceExt;
use tracing::{Level, enabled, info, warn};

use crate::Problem;
use crate::body::lend;
use crate::request_line::{RequestLine, Watched};

/// Unused connections are kept for longer than the 75 s that the contracts ask for.
const IDLE_WAIT: Duration = Duration::from_secs(90);
/// A little less than the 10 s that the contracts allow for stopping.
pub const STOP_WAIT: Duration = Duration::from_secs(8);

/// Lines of this level and above go to standard error.
pub fn log_to_stderr(level: Level) {
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
}

/// Tells whether the program has to stop.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Begins with the first SIGTERM or SIGINT; a second one ends the program at once.
    pub fn on_signal() -> std::io::Result<Self> {
        let (sender, receiver) = watch::channel(false);
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::spawn(async move {
            for is_second in [false, true] {
                tokio::select! {
                    _ = terminate.recv() => (),
                    _ = interrupt.recv() => (),
                }
                if is_second {
                    std::process::exit(1);
                }
                sender.send_replace(true);
            }
        });
        Ok(Self(receiver))
    }

    pub async fn requested(&mut self) {
        // The sender is never dropped before it has sent.
        let _ = self.0.wait_for(|&stops| stops).await;
    }

    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }
}

/// Decides whether a path, as it was sent, may be a route at all.
pub type PathRule = fn(&str) -> bool;

/// Serves until the stop is requested. What is returned then waits for the requests in flight.
pub async fn serve(listener: TcpListener, router: Router, path_rule: PathRule, mut stop: Stop) -> GracefulShutdown {
    let connections = GracefulShutdown::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => serve_connection(stream, router.clone(), path_rule, &connections),
                Err(error) => {
                    warn!(%error, "no connection accepted");
                    sleep(Duration::from_millis(50)).await;
                }
            },
            () = stop.requested() => break,
        }
    }
    info!("stopping");
    connections
}

fn serve_connection(stream: TcpStream, router: Router, path_rule: PathRule, connections: &GracefulShutdown) {
    // Without it answers in two packets wait for the client's acknowledgement; a socket that refuses it still works.
    let _ = stream.set_nodelay(true);
    let line = RequestLine::default();
    let watched = Watched { stream, line: line.clone() };
    let service = service_fn(move |request| {
        let (router, line) = (router.clone(), line.clone());
        async move { Ok::<_, Infallible>(answer(router, path_rule, &line, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_WAIT)
        .serve_connection(TokioIo::new(watched), service);
    // Its errors are those of a client that went away, or that hyper has answered.
    tokio::spawn(connections.watch(connection));
}

async fn answer(router: Router, path_rule: PathRule, line: &RequestLine, request: Request<Incoming>) -> Response {
    let started = Instant::now();
    let wanted = enabled!(Level::INFO).then(|| (request.method().clone(), request.uri().clone()));
    let is_malformed = line.has_fragment() || !is_printable(request.uri());
    let response = read_over(request, async |request: Request| {
        if is_malformed {
            return Problem::MALFORMED_TARGET.into_response();
        }
        if !path_rule(request.uri().path()) {
            return Problem::NOT_FOUND.into_response();
        }
        router.oneshot(request).await.unwrap_or_else(|never| match never {})
    })
    .await;
    line.begin();
    if let Some((method, uri)) = wanted {
        let duration_ms = started.elapsed().as_secs_f64() * 1000.0;
        info!(%method, path = uri.path(), status = response.status().as_u16(), duration_ms, "request");
    }
    response
}

/// A client that waits for 100 Continue sends no body after a refusal.
async fn read_over<F: Future<Output = Response>>(
    request: Request<Incoming>,
    next: impl FnOnce(Request) -> F,
) -> Response {
    if request.body().is_end_stream() || request.headers().contains_key(EXPECT) {
        return next(request.map(Body::new)).await;
    }
    let (parts, body) = request.into_parts();
    let (lent, remainder) = lend(body);
    let response = next(Request::from_parts(parts, Body::new(lent))).await;
    remainder.read_over().await;
    response
}

fn is_printable(uri: &Uri) -> bool {
    uri.path().bytes().chain(uri.query().unwrap_or_default().bytes()).all(|byte| byte.is_ascii_graphic())
}

/// The path rule of a service whose paths need no escape, and in which no dot segment is resolved.
pub fn is_exact(path: &str) -> bool {
    let mut segments = path.split('/').skip(1);
    path == "/"
        || path.starts_with('/') && !path.contains('%') && segments.all(|segment| !matches!(segment, "" | "." | ".."))
}

/// The methods of one path; any other is refused, HEAD too, which axum would let in with GET.
pub fn methods<S: Clone + Send + Sync + 'static>(allow: &'static str, handlers: MethodRouter<S>) -> MethodRouter<S> {
    let refuse = move || async move {
        let mut response = Problem::METHOD_NOT_ALLOWED.into_response();
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        response
    };
    handlers.head(refuse).fallback(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{Method, StatusCode};
    use axum::routing::{get, post};

    #[test]
    fn paths_count_as_they_were_sent() {
        for exact in ["/", "/health", "/files/a.b/content"] {
            assert!(is_exact(exact), "{exact}");
        }
        for odd in ["", "*", "health", "//", "/health/", "//health", "/files/../health", "/files/.", "/h%65alth"] {
            assert!(!is_exact(odd), "{odd}");
        }
    }

    async fn asked(method: Method, path: &str) -> (StatusCode, Option<HeaderValue>) {
        let router = Router::new()
            .route("/both", methods("GET, POST", get(|| async { "got" }).post(|| async { "posted" })))
            .route("/one", methods("POST", post(|| async { "posted" })))
            .fallback(|| async { Problem::NOT_FOUND });
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        (response.status(), response.headers().get(ALLOW).cloned())
    }

    #[tokio::test]
    async fn other_methods_are_refused_with_those_of_the_contract() {
        assert_eq!(asked(Method::GET, "/both").await, (StatusCode::OK, None));
        let refused = |allow| (StatusCode::METHOD_NOT_ALLOWED, Some(HeaderValue::from_static(allow)));
        for method in [Method::HEAD, Method::OPTIONS, Method::PUT] {
            assert_eq!(asked(method.clone(), "/both").await, refused("GET, POST"));
            assert_eq!(asked(method, "/one").await, refused("POST"));
        }
        assert_eq!(asked(Method::GET, "/none").await, (StatusCode::NOT_FOUND, None));
    }
}
