use std::fmt::{self, Display};
use std::future::Future;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Transaction};
use jiff::Timestamp;
use program::Problem;
use serde::{Serialize, Serializer};
use tokio::time::timeout;
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{NoTls, Row};
use tracing::{debug, error};

use crate::config::Config;

/// For one attempt to connect.
pub const CONNECT_WAIT: Duration = Duration::from_secs(2);
/// For a connection and a statement together: a little more than statement_timeout, which a database that hangs does not keep.
pub const STATEMENT_WAIT: Duration = Duration::from_secs(6);
/// Keeps the answer of /health within its second.
const HEALTH_WAIT: Duration = Duration::from_millis(800);

pub const DATABASE_AWAY: Problem = Problem::new(503, "unavailable", "Unavailable", "the database cannot be reached");

/// The values of a statement.
pub type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// Sends the statements of the contract.
pub struct Database {
    pool: Pool,
    settings: tokio_postgres::Config,
}

impl Database {
    /// Connects only when the first statement is sent, so the service starts before its database.
    pub fn open(config: &Config) -> Self {
        let mut settings = config.database.clone();
        settings.application_name("crud-rust").options("-c statement_timeout=5000").connect_timeout(CONNECT_WAIT);
        settings.tcp_user_timeout(STATEMENT_WAIT);
        let manager =
            Manager::from_config(settings.clone(), NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager)
            .max_size(config.pool_total)
            .runtime(Runtime::Tokio1)
            .create_timeout(Some(CONNECT_WAIT))
            .build()
            .expect("the runtime for its timeouts is named");
        Self { pool, settings }
    }

    /// For the connection that listens.
    pub fn settings(&self) -> &tokio_postgres::Config {
        &self.settings
    }

    pub async fn ping(&self) -> Result<(), Failure> {
        within(HEALTH_WAIT, self.send_one("SELECT 1", &[])).await.map(|_| ())
    }

    /// The statement's only row, if there is one.
    pub async fn row(&self, sql: &str, values: Values<'_>) -> Result<Option<Row>, Failure> {
        within(STATEMENT_WAIT, self.send_one(sql, values)).await
    }

    /// The row of a statement that always has one.
    pub async fn only_row(&self, sql: &str, values: Values<'_>) -> Result<Row, Failure> {
        self.row(sql, values).await?.ok_or_else(|| Failure::Rejected("a row is missing".to_owned()))
    }

    pub async fn rows(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, Failure> {
        let sending = async {
            let client = self.pool.get().await?;
            let statement = client.prepare_cached(sql).await?;
            Ok(client.query(&statement, values).await?)
        };
        within(STATEMENT_WAIT, sending).await
    }

    /// How many rows the statement changed.
    pub async fn execute(&self, sql: &str, values: Values<'_>) -> Result<u64, Failure> {
        let sending = async {
            let client = self.pool.get().await?;
            let statement = client.prepare_cached(sql).await?;
            Ok(client.execute(&statement, values).await?)
        };
        within(STATEMENT_WAIT, sending).await
    }

    /// A connection for a transaction. Whoever takes one bounds the time itself.
    pub async fn connection(&self) -> Result<Object, Failure> {
        Ok(self.pool.get().await?)
    }

    /// Closes all connections that no statement is using: most likely they are lost.
    pub fn drop_idle_connections(&self) {
        self.pool.retain(|_, _| false);
    }

    async fn send_one(&self, sql: &str, values: Values<'_>) -> Result<Option<Row>, Failure> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(sql).await?;
        Ok(client.query_opt(&statement, values).await?)
    }
}

/// One prepared statement of a transaction.
pub async fn row_in(transaction: &Transaction<'_>, sql: &str, values: Values<'_>) -> Result<Option<Row>, Failure> {
    let statement = transaction.prepare_cached(sql).await?;
    Ok(transaction.query_opt(&statement, values).await?)
}

pub async fn within<T>(wait: Duration, sending: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    timeout(wait, sending).await.unwrap_or_else(|_| Err(Failure::Lost(format!("no answer within {wait:?}"))))
}

/// Why a statement was not done.
#[derive(Debug)]
pub enum Failure {
    /// The database is away, starting, stopping, full or too slow.
    Lost(String),
    Rejected(String),
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Failure::Lost(reason) | Failure::Rejected(reason)) = self;
        f.write_str(reason)
    }
}

/// SQLSTATE's classes 08 connection exception, 53 insufficient resources and 57 operator intervention (shutdown, start-up, cancelled
/// statement) are a lost database, and so is what is no answer of the server.
impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code().map(|state| state.code().get(..2)) {
            None | Some(Some("08" | "53" | "57")) => Failure::Lost(error.to_string()),
            Some(_) => Failure::Rejected(error.to_string()),
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            other => Failure::Lost(other.to_string()),
        }
    }
}

/// A client learns nothing of the reason.
impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Lost(reason) => {
                debug!(reason, "request put off");
                DATABASE_AWAY
            }
            Failure::Rejected(reason) => {
                error!(reason, "request failed");
                Problem::INTERNAL
            }
        }
    }
}

/// A time of the database, given to clients in UTC with milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Instant(pub Timestamp);

impl<'a> FromSql<'a> for Instant {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Timestamp::from_sql(kind, raw).map(Self)
    }

    fn accepts(kind: &Type) -> bool {
        <Timestamp as FromSql>::accepts(kind)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:.3}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds() {
        for (text, want) in [
            ("2026-01-02T03:04:05Z", r#""2026-01-02T03:04:05.000Z""#),
            ("2026-01-02T03:04:05.120+01:00", r#""2026-01-02T02:04:05.120Z""#),
        ] {
            assert_eq!(serde_json::to_string(&Instant(text.parse().unwrap())).unwrap(), want);
        }
    }
}
