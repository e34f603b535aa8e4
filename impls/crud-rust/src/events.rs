use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::IntoResponse;
use bytes::Bytes;
use futures_util::StreamExt;
use program::Problem;
use serde::Serialize;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, interval_at, sleep, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tracing::debug;
use uuid::Uuid;

use crate::accounts;
use crate::database::{Database, Failure};
use crate::service::{Answer, Service, Session, Shared};
use crate::text::only_value;

const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);
const RETRY_WAIT: Duration = Duration::from_secs(1);
/// How long a client may not read what is sent to it.
const WRITE_WAIT: Duration = Duration::from_secs(10);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const NO_MORE_STREAMS: Problem =
    Problem::new(503, "unavailable", "Unavailable", "as many event streams are open as may be");

/// Knows the open event streams and wakes them. A stream is its bell; what there is to send, it asks the database.
pub struct Hub {
    limit: usize,
    closing: watch::Sender<bool>,
    streams: Arc<Mutex<HashMap<Uuid, Vec<Arc<Notify>>>>>,
}

/// One open stream, counted until it is dropped.
struct Seat {
    user_id: Uuid,
    bell: Arc<Notify>,
    closing: watch::Receiver<bool>,
    streams: Arc<Mutex<HashMap<Uuid, Vec<Arc<Notify>>>>>,
}

impl Hub {
    pub fn new(limit: usize) -> Self {
        Self { limit, closing: watch::channel(false).0, streams: Arc::default() }
    }

    fn enter(&self, user_id: Uuid) -> Option<Seat> {
        let mut streams = lock(&self.streams);
        let open_count: usize = streams.values().map(Vec::len).sum();
        if open_count >= self.limit || *self.closing.borrow() {
            return None;
        }
        let bell = Arc::new(Notify::new());
        streams.entry(user_id).or_default().push(bell.clone());
        Some(Seat { user_id, bell, closing: self.closing.subscribe(), streams: self.streams.clone() })
    }

    pub fn wake_user(&self, user_id: Uuid) {
        lock(&self.streams).get(&user_id).into_iter().flatten().for_each(|bell| bell.notify_one());
    }

    pub fn wake_all(&self) {
        lock(&self.streams).values().flatten().for_each(|bell| bell.notify_one());
    }

    /// Ends all streams and lets no more in.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut streams = lock(&self.streams);
        if let Some(bells) = streams.get_mut(&self.user_id) {
            bells.retain(|bell| !Arc::ptr_eq(bell, &self.bell));
            if bells.is_empty() {
                streams.remove(&self.user_id);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The event that an aggregation of the user has ended. Ids count from 1 for each user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(skip)]
    id: i64,
    aggregation_id: Uuid,
    status: String,
    result_file_id: Option<Uuid>,
    reason: Option<String>,
}

impl Event {
    /// As text/event-stream writes it.
    fn text(&self) -> String {
        let data = serde_json::to_string(self).expect("a value of text and numbers");
        format!("id: {}\nevent: aggregation\ndata: {data}\n\n", self.id)
    }
}

async fn events_after(db: &Database, user_id: Uuid, after: i64) -> Result<Vec<Event>, Failure> {
    let sql = "SELECT id, aggregation_id, status, result_file_id, reason FROM events \
               WHERE user_id = $1 AND id > $2 ORDER BY id";
    let rows = db.rows(sql, &[&user_id, &after]).await?;
    let event_of = |row: &tokio_postgres::Row| Event {
        id: row.get(0),
        aggregation_id: row.get(1),
        status: row.get(2),
        result_file_id: row.get(3),
        reason: row.get(4),
    };
    Ok(rows.iter().map(event_of).collect())
}

/// Digits beyond i64 name an id that no event reaches: the largest there is.
fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    if !headers.contains_key(LAST_EVENT_ID) {
        return Ok(None);
    }
    only_value(headers, LAST_EVENT_ID)
        .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|text| Some(text.parse().unwrap_or(i64::MAX)))
        .ok_or_else(|| Problem::invalid("Last-Event-ID must be the id of an event"))
}

pub async fn open(State(service): Shared, session: Session, headers: HeaderMap) -> Answer {
    let resumed_after = last_event_id(&headers)?;
    // Entering the hub before the first look at the database leaves no moment in which an event could be missed.
    let seat = service.hub.enter(session.user.id).ok_or(NO_MORE_STREAMS)?;
    let (last_id, missed) = match resumed_after {
        Some(after) => (after, events_after(&service.db, session.user.id, after).await?),
        None => {
            let sql = "SELECT last_event_id FROM users WHERE id = $1";
            (service.db.only_row(sql, &[&session.user.id]).await?.get(0), Vec::new())
        }
    };
    let (sender, receiver) = mpsc::channel(1);
    let stream = Stream { service, session, seat, sender, last_id };
    tokio::spawn(stream.serve(missed));
    let body = Body::from_stream(ReceiverStream::new(receiver).map(Ok::<_, Infallible>));
    Ok(([(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")], body).into_response())
}

/// One open answer of GET /events.
struct Stream {
    service: Arc<Service>,
    session: Session,
    seat: Seat,
    sender: mpsc::Sender<Bytes>,
    last_id: i64,
}

/// Why a stream ends.
#[derive(Debug)]
enum End {
    ClientLeft,
    SessionEnded,
    ServiceStops,
}

impl Stream {
    async fn serve(mut self, missed: Vec<Event>) {
        let ended = self.follow(missed).await;
        debug!(reason = ?ended.err(), "event stream ended");
    }

    async fn follow(&mut self, missed: Vec<Event>) -> Result<(), End> {
        self.write(": open\n\n".to_owned()).await?;
        self.send(&missed).await?;
        let bell = self.seat.bell.clone();
        let sender = self.sender.clone();
        let mut closing = self.seat.closing.clone();
        let mut closed = pin!(async { closing.wait_for(|&closes| closes).await.is_ok() });
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT_EVERY, HEARTBEAT_EVERY);
        loop {
            tokio::select! {
                () = sender.closed() => return Err(End::ClientLeft),
                _ = &mut closed => return Err(End::ServiceStops),
                () = bell.notified() => self.send_new().await?,
                _ = heartbeat.tick() => self.beat().await?,
            }
        }
    }

    /// Tries again later when the database is lost: the notification that woke it will not come twice.
    async fn send_new(&mut self) -> Result<(), End> {
        match events_after(&self.service.db, self.session.user.id, self.last_id).await {
            Ok(events) => self.send(&events).await,
            Err(_) => {
                let bell = self.seat.bell.clone();
                tokio::spawn(async move {
                    sleep(RETRY_WAIT).await;
                    bell.notify_one();
                });
                Ok(())
            }
        }
    }

    /// Keeps the connection open and looks whether the session still counts. A lost database ends no session.
    async fn beat(&mut self) -> Result<(), End> {
        self.write(": still here\n\n".to_owned()).await?;
        match accounts::authenticate(&self.service.db, &self.session.token_hash).await {
            Ok(None) => Err(End::SessionEnded),
            Ok(Some(_)) | Err(_) => Ok(()),
        }
    }

    async fn send(&mut self, events: &[Event]) -> Result<(), End> {
        if let Some(last) = events.last() {
            self.write(events.iter().map(Event::text).collect()).await?;
            self.last_id = last.id;
        }
        Ok(())
    }

    async fn write(&self, text: String) -> Result<(), End> {
        match timeout(WRITE_WAIT, self.sender.send(Bytes::from(text))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::ClientLeft),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_hub_has_a_limit_that_leaving_streams_give_back() {
        let hub = Hub::new(2);
        let (first, second) = (hub.enter(Uuid::from_u128(1)), hub.enter(Uuid::from_u128(1)));
        assert!(first.is_some() && second.is_some() && hub.enter(Uuid::from_u128(2)).is_none());
        drop(first);
        let third = hub.enter(Uuid::from_u128(2));
        assert!(third.is_some());
        drop((second, third));
        assert!(lock(&hub.streams).is_empty());
        hub.close();
        assert!(hub.enter(Uuid::from_u128(1)).is_none());
    }

    #[test]
    fn events_are_written_as_the_contract_says() {
        let event = Event {
            id: 7,
            aggregation_id: Uuid::from_u128(1),
            status: "failed".to_owned(),
            result_file_id: None,
            reason: Some("file-gone".to_owned()),
        };
        let data = r#"{"aggregationId":"00000000-0000-0000-0000-000000000001","status":"failed","resultFileId":null,"reason":"file-gone"}"#;
        assert_eq!(event.text(), format!("id: 7\nevent: aggregation\ndata: {data}\n\n"));
    }

    #[test]
    fn last_event_ids_are_digits_given_once() {
        let read = |values: &[&'static str]| {
            last_event_id(&values.iter().map(|value| (LAST_EVENT_ID, HeaderValue::from_static(value))).collect())
        };
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["7"]), Ok(Some(7)));
        assert_eq!(read(&["99999999999999999999"]), Ok(Some(i64::MAX)));
        for odd in [&[""][..], &["-1"], &["+1"], &["1", "2"], &["1, 2"]] {
            assert!(read(odd).is_err(), "{odd:?}");
        }
    }
}
