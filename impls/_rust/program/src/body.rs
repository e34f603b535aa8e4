use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::timeout;

use crate::Problem;

/// How long a body may take to arrive.
const BODY_WAIT: Duration = Duration::from_secs(30);
/// How much of an unread body is read after an answer, to keep the connection.
const DRAIN_BYTES: usize = 1_048_576;

/// Reads the whole body. One that is too large is read over: a client reads the answer only after it has sent what the sockets do not hold.
pub async fn read_body(mut body: Body, limit_bytes: usize) -> Result<Vec<u8>, Problem> {
    let announced_bytes = body.size_hint().exact().unwrap_or(0);
    let mut read = Vec::with_capacity(usize::try_from(announced_bytes).unwrap_or(usize::MAX).min(limit_bytes));
    let reading = async {
        while let Some(frame) = body.frame().await {
            let data = frame.map_err(|_| Problem::BROKEN_BODY)?.into_data().unwrap_or_default();
            if read.len() + data.len() > limit_bytes {
                return Err(Problem::CONTENT_TOO_LARGE);
            }
            read.extend_from_slice(&data);
        }
        Ok(())
    };
    timeout(BODY_WAIT, reading).await.unwrap_or(Err(Problem::BROKEN_BODY))?;
    Ok(read)
}

/// A body that is lent to a handler. What the handler leaves unread can be read over, so that the connection is kept.
pub(crate) struct LentBody(Arc<Mutex<Incoming>>);

/// The lender's half.
pub(crate) struct Remainder(Arc<Mutex<Incoming>>);

pub(crate) fn lend(body: Incoming) -> (LentBody, Remainder) {
    let shared = Arc::new(Mutex::new(body));
    (LentBody(shared.clone()), Remainder(shared))
}

impl HttpBody for LentBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}

impl Remainder {
    pub(crate) async fn read_over(self) {
        let mut body = LentBody(self.0);
        let mut read_bytes = 0;
        let reading = async {
            while read_bytes < DRAIN_BYTES {
                match body.frame().await {
                    Some(Ok(frame)) => read_bytes += frame.data_ref().map_or(0, Bytes::len),
                    Some(Err(_)) | None => return,
                }
            }
        };
        // A body that comes too slowly ends its connection.
        let _ = timeout(BODY_WAIT, reading).await;
    }
}
