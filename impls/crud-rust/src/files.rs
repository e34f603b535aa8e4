use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LINK, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use program::{Problem, json};
use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::body::read_file;
use crate::database::{Database, Failure, Instant};
use crate::etag::{Condition, etag};
use crate::query::{Page, Query};
use crate::service::{Answer, Session, Shared, id_in_path};
use crate::text::is_file_name;

const PRECONDITION_REQUIRED: Problem =
    Problem::new(428, "precondition-required", "Precondition required", "If-Match is needed to replace a file");
const PRECONDITION_FAILED: Problem =
    Problem::new(412, "precondition-failed", "Precondition failed", "the file has another version by now");

/// A file without its bytes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File {
    id: Uuid,
    name: String,
    content_type: String,
    size_bytes: i32,
    version: i32,
    created_at: Instant,
    updated_at: Instant,
}

macro_rules! file_columns {
    () => {
        "id, name, content_type, size_bytes, version, created_at, updated_at"
    };
}

impl From<Row> for File {
    fn from(row: Row) -> Self {
        Self {
            id: row.get(0),
            name: row.get(1),
            content_type: row.get(2),
            size_bytes: row.get(3),
            version: row.get(4),
            created_at: row.get(5),
            updated_at: row.get(6),
        }
    }
}

#[derive(Serialize)]
struct FileList {
    files: Vec<File>,
}

fn answer_file(status: StatusCode, file: &File) -> Response {
    ([(ETAG, etag(file.version))], json(status, file)).into_response()
}

pub async fn create(State(service): Shared, session: Session, RawQuery(query): RawQuery, request: Request) -> Answer {
    let (body, media_type) = read_file(request).await?;
    let query = Query::parse(query.as_deref().unwrap_or_default(), &["name"])?;
    let name = query
        .get("name")
        .filter(|name| is_file_name(name))
        .ok_or_else(|| Problem::invalid("parameter \"name\" must have 1 to 255 bytes and no control characters"))?;
    let sql = concat!(
        "INSERT INTO files (user_id, name, content_type, size_bytes, body) VALUES ($1, $2, $3, $4, $5) RETURNING ",
        file_columns!()
    );
    let row = service.db.only_row(sql, &[&session.user.id, &name, &media_type, &size(&body), &body]).await?;
    let file = File::from(row);
    Ok(([(LOCATION, format!("/files/{}", file.id))], answer_file(StatusCode::CREATED, &file)).into_response())
}

/// A body is far below 2 GiB.
fn size(body: &[u8]) -> i32 {
    i32::try_from(body.len()).unwrap_or(i32::MAX)
}

pub async fn list(State(service): Shared, session: Session, RawQuery(query): RawQuery) -> Answer {
    let page = Page::parse(query.as_deref().unwrap_or_default())?;
    let mut files = list_files(&service.db, session.user.id, &page).await?;
    let wanted_count = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let has_next = files.len() > wanted_count;
    files.truncate(wanted_count);
    let next = files.last().filter(|_| has_next).map(|file| file.id);
    let answer = json(StatusCode::OK, &FileList { files });
    Ok(match next {
        Some(after) => {
            let link = format!("</files?limit={}&after={after}>; rel=\"next\"", page.limit);
            ([(LINK, link)], answer).into_response()
        }
        None => answer,
    })
}

/// The newest files, or those older than `after`; one more than asked for shows whether there is a next page.
async fn list_files(db: &Database, user_id: Uuid, page: &Page) -> Result<Vec<File>, Failure> {
    let limit = page.limit + 1;
    let rows = match &page.after {
        None => {
            let sql = concat!("SELECT ", file_columns!(), " FROM files WHERE user_id = $1 ORDER BY id DESC LIMIT $2");
            db.rows(sql, &[&user_id, &limit]).await?
        }
        Some(after) => {
            let sql = concat!(
                "SELECT ",
                file_columns!(),
                " FROM files WHERE user_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2"
            );
            db.rows(sql, &[&user_id, &limit, after]).await?
        }
    };
    Ok(rows.into_iter().map(File::from).collect())
}

pub async fn read(State(service): Shared, session: Session, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let id = id_in_path(&id)?;
    let sql = concat!("SELECT ", file_columns!(), " FROM files WHERE id = $1 AND user_id = $2");
    let row = service.db.row(sql, &[&id, &session.user.id]).await?.ok_or(Problem::NOT_FOUND)?;
    let file = File::from(row);
    Ok(not_modified(&headers, file.version).unwrap_or_else(|| answer_file(StatusCode::OK, &file)))
}

/// Asks for the version first: the cache is only as good as what the database says now.
pub async fn content(State(service): Shared, session: Session, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let id = id_in_path(&id)?;
    let sql = "SELECT version, content_type FROM files WHERE id = $1 AND user_id = $2";
    let head = service.db.row(sql, &[&id, &session.user.id]).await?.ok_or(Problem::NOT_FOUND)?;
    let version = head.get(0);
    if let Some(answer) = not_modified(&headers, version) {
        return Ok(answer);
    }
    if let Some(body) = service.cache.get(id, version) {
        return Ok(answer_content(version, head.get(1), "hit", body));
    }
    let sql = "SELECT version, content_type, body FROM files WHERE id = $1 AND user_id = $2";
    let row = service.db.row(sql, &[&id, &session.user.id]).await?.ok_or(Problem::NOT_FOUND)?;
    let (version, body) = (row.get(0), Bytes::from(row.get::<_, Vec<u8>>(2)));
    service.cache.put(id, version, body.clone());
    Ok(answer_content(version, row.get(1), "miss", body))
}

fn answer_content(version: i32, content_type: String, outcome: &'static str, body: Bytes) -> Response {
    let headers = [(CONTENT_TYPE.as_str(), content_type), ("x-cache", outcome.to_owned())];
    ([(ETAG, etag(version))], headers, body).into_response()
}

/// 304 when If-None-Match names this version.
fn not_modified(headers: &HeaderMap, version: i32) -> Option<Response> {
    Condition::of(headers, IF_NONE_MATCH)
        .filter(|known| known.matches_weakly(version))
        .map(|_| (StatusCode::NOT_MODIFIED, [(ETAG, etag(version))]).into_response())
}

pub async fn replace(
    State(service): Shared,
    session: Session,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Answer {
    let (body, media_type) = read_file(request).await?;
    let key = FileKey { id: id_in_path(&id)?, user_id: session.user.id };
    let Some(condition) = Condition::of(&headers, IF_MATCH) else {
        return Err(key.refusal(&service.db, PRECONDITION_REQUIRED).await?);
    };
    let Some(file) = key.replace(&service.db, &condition, &media_type, &body).await? else {
        return Err(key.refusal(&service.db, PRECONDITION_FAILED).await?);
    };
    service.cache.drop_file(key.id);
    Ok(answer_file(StatusCode::OK, &file))
}

pub async fn delete(State(service): Shared, session: Session, Path(id): Path<String>) -> Answer {
    let id = id_in_path(&id)?;
    let sql = "DELETE FROM files WHERE id = $1 AND user_id = $2";
    if service.db.execute(sql, &[&id, &session.user.id]).await? == 0 {
        return Err(Problem::NOT_FOUND);
    }
    service.cache.drop_file(id);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Names a file and who asks for it; another user's file is no row.
struct FileKey {
    id: Uuid,
    user_id: Uuid,
}

macro_rules! update_file {
    () => {
        "UPDATE files SET body = $3, size_bytes = $4, content_type = $5, version = version + 1, updated_at = now() \
         WHERE id = $1 AND user_id = $2"
    };
}

impl FileKey {
    /// None when the file is not there or its version fails the condition.
    async fn replace(
        &self,
        db: &Database,
        condition: &Condition,
        media_type: &str,
        body: &Vec<u8>,
    ) -> Result<Option<File>, Failure> {
        let row = match condition.versions() {
            None => {
                let sql = concat!(update_file!(), " RETURNING ", file_columns!());
                db.row(sql, &[&self.id, &self.user_id, body, &size(body), &media_type]).await?
            }
            Some(versions) => {
                let sql = concat!(update_file!(), " AND version = ANY($6::int[]) RETURNING ", file_columns!());
                db.row(sql, &[&self.id, &self.user_id, body, &size(body), &media_type, &versions]).await?
            }
        };
        Ok(row.map(File::from))
    }

    /// The reason given, or 404 if there is no such file.
    async fn refusal(&self, db: &Database, reason: Problem) -> Result<Problem, Failure> {
        let sql = "SELECT version FROM files WHERE id = $1 AND user_id = $2";
        let found = db.row(sql, &[&self.id, &self.user_id]).await?;
        Ok(if found.is_some() { reason } else { Problem::NOT_FOUND })
    }
}
