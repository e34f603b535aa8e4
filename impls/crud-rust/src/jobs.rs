use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::Transaction;
use program::Stop;
use tokio::time::timeout;
use tracing::info;
use uuid::Uuid;

use crate::aggregations::{are_vectors, mean};
use crate::database::{Database, Failure, row_in, within};
use crate::service::Service;

const QUEUE_LOOK_EVERY: Duration = Duration::from_secs(15);
const QUEUE_RETRY_WAIT: Duration = Duration::from_secs(1);
/// For one job with all its statements.
const JOB_WAIT: Duration = Duration::from_secs(30);

/// Works on the queue, one job at a time, until the stop, which waits for the job in hand.
pub async fn work(service: Arc<Service>, mut stop: Stop) {
    loop {
        let wait = empty_queue(&service.db, &stop).await;
        tokio::select! {
            // Rung or not, the queue is looked at.
            _ = timeout(wait, service.queue.notified()) => (),
            () = stop.requested() => return,
        }
    }
}

/// Returns how long to wait before the next look without a notification.
async fn empty_queue(db: &Database, stop: &Stop) -> Duration {
    while !stop.is_requested() {
        match within(JOB_WAIT, finish_next(db)).await {
            Ok(true) => (),
            Ok(false) => break,
            Err(error) => {
                info!(%error, "aggregation put off");
                return QUEUE_RETRY_WAIT;
            }
        }
    }
    QUEUE_LOOK_EVERY
}

/// Does the oldest pending job that no other process works on. Its claim and its end are one transaction: should this process die, the
/// claim dies with it.
async fn finish_next(db: &Database) -> Result<bool, Failure> {
    let mut client = db.connection().await?;
    let transaction = client.transaction().await?;
    let job = Job::claim(&transaction).await?;
    if let Some(job) = &job {
        job.finish(&transaction).await?;
    }
    transaction.commit().await?;
    Ok(job.is_some())
}

struct Job {
    id: Uuid,
    user_id: Uuid,
    file_ids: Vec<Uuid>,
}

/// How a job ended.
enum Outcome {
    Ready(Uuid),
    Failed(&'static str),
}

impl Job {
    async fn claim(transaction: &Transaction<'_>) -> Result<Option<Self>, Failure> {
        let sql = "SELECT id, user_id, file_ids FROM aggregations WHERE status = 'pending' \
                   ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1";
        let row = row_in(transaction, sql, &[]).await?;
        Ok(row.map(|row| Self { id: row.get(0), user_id: row.get(1), file_ids: row.get(2) }))
    }

    async fn finish(&self, transaction: &Transaction<'_>) -> Result<(), Failure> {
        let statement = transaction
            .prepare_cached("SELECT id, body FROM files WHERE user_id = $1 AND id = ANY($2::uuid[])")
            .await?;
        let rows = transaction.query(&statement, &[&self.user_id, &self.file_ids]).await?;
        let bodies: HashMap<Uuid, &[u8]> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let outcome = match self.vectors(&bodies) {
            Ok(vectors) => Outcome::Ready(self.save(transaction, &mean(&vectors)).await?),
            Err(reason) => Outcome::Failed(reason),
        };
        self.record(transaction, &outcome).await
    }

    /// The bodies in the order of the ids, or what has become of the files since the job was accepted.
    fn vectors<'a>(&self, bodies: &HashMap<Uuid, &'a [u8]>) -> Result<Vec<&'a [u8]>, &'static str> {
        let vectors: Option<Vec<&[u8]>> = self.file_ids.iter().map(|id| bodies.get(id).copied()).collect();
        let vectors = vectors.ok_or("file-gone")?;
        let sizes: Vec<usize> = vectors.iter().map(|vector| vector.len()).collect();
        if are_vectors(&sizes) { Ok(vectors) } else { Err("length-changed") }
    }

    async fn save(&self, transaction: &Transaction<'_>, result: &[u8]) -> Result<Uuid, Failure> {
        let sql = "INSERT INTO files (user_id, name, content_type, size_bytes, body) VALUES ($1, $2, $3, $4, $5) RETURNING id";
        let name = format!("aggregation-{}", self.id);
        let size = i32::try_from(result.len()).unwrap_or(i32::MAX);
        let row =
            row_in(transaction, sql, &[&self.user_id, &name, &"application/octet-stream", &size, &result]).await?;
        row.map(|row| row.get(0)).ok_or_else(|| Failure::Rejected("the result has no row".to_owned()))
    }

    /// Finishes the job and tells its user by an event. The counter is raised in this transaction, which holds the user's row until it
    /// commits: numbers from a sequence could become visible out of order.
    async fn record(&self, transaction: &Transaction<'_>, outcome: &Outcome) -> Result<(), Failure> {
        let (status, result_file_id, reason) = match outcome {
            Outcome::Ready(id) => ("ready", Some(*id), None),
            Outcome::Failed(reason) => ("failed", None, Some(*reason)),
        };
        let sql =
            "UPDATE aggregations SET status = $2, result_file_id = $3, reason = $4, finished_at = now() WHERE id = $1";
        row_in(transaction, sql, &[&self.id, &status, &result_file_id, &reason]).await?;
        let sql = "UPDATE users SET last_event_id = last_event_id + 1 WHERE id = $1 RETURNING last_event_id";
        let row = row_in(transaction, sql, &[&self.user_id]).await?;
        let event_id: i64 =
            row.map(|row| row.get(0)).ok_or_else(|| Failure::Rejected("the user is gone".to_owned()))?;
        let sql = "INSERT INTO events (user_id, id, aggregation_id, status, result_file_id, reason) VALUES ($1, $2, $3, $4, $5, $6)";
        row_in(transaction, sql, &[&self.user_id, &event_id, &self.id, &status, &result_file_id, &reason]).await?;
        row_in(transaction, "SELECT pg_notify('user_event', $1)", &[&self.user_id.to_string()]).await?;
        Ok(())
    }
}
