use std::borrow::Cow;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why a request is refused: a problem document (RFC 9457) of the type `urn:paceline:problem:<name>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub status: StatusCode,
    pub name: &'static str,
    pub title: &'static str,
    pub detail: Cow<'static, str>,
}

impl Problem {
    pub const NOT_FOUND: Problem = Problem::new(404, "not-found", "Not found", "there is no such thing here");
    pub const METHOD_NOT_ALLOWED: Problem = Problem::new(
        405,
        "method-not-allowed",
        "Method not allowed",
        "the Allow header lists the methods of this path",
    );
    pub const CONTENT_TOO_LARGE: Problem =
        Problem::new(413, "content-too-large", "Content too large", "the body is larger than this route takes");
    pub const MALFORMED_JSON: Problem =
        Problem::new(400, "malformed-json", "Malformed body", "the body is not one JSON value in UTF-8");
    pub const MALFORMED_TARGET: Problem = Problem::new(
        400,
        "malformed-request",
        "Malformed request",
        "the request target may have printable ASCII only and no fragment",
    );
    pub const BROKEN_BODY: Problem =
        Problem::new(400, "malformed-request", "Malformed request", "the body ended or broke before its end");
    pub const INTERNAL: Problem =
        Problem::new(500, "internal", "Internal error", "something went wrong in the service");

    /// `status` is one of HTTP's.
    pub const fn new(status: u16, name: &'static str, title: &'static str, detail: &'static str) -> Self {
        match StatusCode::from_u16(status) {
            Ok(status) => Self { status, name, title, detail: Cow::Borrowed(detail) },
            Err(_) => panic!("not a status of HTTP"),
        }
    }

    /// A request that is well-formed but not valid.
    pub fn invalid(detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: detail.into(), ..Self::new(422, "invalid", "Invalid request", "") }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = Document {
            r#type: format!("urn:paceline:problem:{}", self.name),
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
        };
        let mut response = json(self.status, &document);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self.status {
            StatusCode::UNAUTHORIZED => headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            StatusCode::SERVICE_UNAVAILABLE => headers.insert(RETRY_AFTER, HeaderValue::from_static("1")),
            _ => None,
        };
        response
    }
}

/// An answer in JSON. The values of the services, made of text and numbers, always encode.
pub fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let text = serde_json::to_vec(value).expect("a value of text and numbers");
    (status, [(CONTENT_TYPE, "application/json")], text).into_response()
}
