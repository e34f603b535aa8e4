use std::time::Duration;

use program::{Environment, one_line};
use tracing::Level;

/// What the environment asks for.
pub struct Config {
    pub host: String,
    pub port: u16,
    pub database: tokio_postgres::Config,
    /// Threads that run tasks, and keys derived at once.
    pub workers: usize,
    /// Query connections; the one for LISTEN comes on top.
    pub pool_total: usize,
    pub cache_bytes: usize,
    pub session_ttl: Duration,
    pub max_event_streams: usize,
    pub log_level: Level,
}

impl Config {
    /// Rejects invalid values and names all their variables in one line.
    pub fn read(env: &Environment) -> Result<Self, String> {
        let host = env.host("HOST");
        let port = env.number("PORT", "", 1..=u16::MAX);
        let database = database_config(env.text("DATABASE_URL", ""));
        let workers = env.number("WORKERS", "1", 1..=4096);
        let pool_total = env.number("DB_POOL_TOTAL", "8", 1..=10_000);
        let cache_bytes = env.number("FILE_CACHE_BYTES", "16777216", 0..=usize::MAX / 2);
        let ttl_seconds = env.number("SESSION_TTL_SECONDS", "3600", 1..=2_147_483_647_u64);
        let max_event_streams = env.number("MAX_EVENT_STREAMS", "64", 1..=1_000_000);
        let log_level = env.log_level("LOG_LEVEL", "info");
        let errors = [
            host.as_ref().err(),
            port.as_ref().err(),
            database.as_ref().err(),
            workers.as_ref().err(),
            pool_total.as_ref().err(),
            cache_bytes.as_ref().err(),
            ttl_seconds.as_ref().err(),
            max_event_streams.as_ref().err(),
            log_level.as_ref().err(),
        ];
        if let Some(line) = one_line(&errors) {
            return Err(line);
        }
        Ok(Self {
            host: host?,
            port: port?,
            database: database?,
            workers: workers?,
            pool_total: pool_total?,
            cache_bytes: cache_bytes?,
            session_ttl: Duration::from_secs(ttl_seconds?),
            max_event_streams: max_event_streams?,
            log_level: log_level?,
        })
    }
}

/// The error never repeats the value: it holds a password.
fn database_config(url: &str) -> Result<tokio_postgres::Config, String> {
    let parsed =
        url.strip_prefix("postgres://").filter(|rest| !rest.contains(['?', '#'])).and_then(|_| url.parse().ok());
    parsed
        .filter(is_whole)
        .ok_or_else(|| "DATABASE_URL must have the form postgres://user:password@host:port/database".to_owned())
}

fn is_whole(config: &tokio_postgres::Config) -> bool {
    config.get_user().is_some_and(|user| !user.is_empty())
        && config.get_dbname().is_some_and(|name| !name.is_empty())
        && !config.get_hosts().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: [(&str, &str); 3] =
        [("HOST", "127.0.0.1"), ("PORT", "8080"), ("DATABASE_URL", "postgres://user:secret@127.0.0.1:5432/crud")];

    fn read_with(name: &str, value: &str) -> Result<Config, String> {
        Config::read(&Environment::of(&[VALID.as_slice(), &[(name, value)]].concat()))
    }

    #[test]
    fn defaults_are_those_of_the_contract() {
        let config = Config::read(&Environment::of(&VALID)).unwrap();
        assert_eq!((config.workers, config.pool_total, config.cache_bytes), (1, 8, 16_777_216));
        assert_eq!((config.session_ttl.as_secs(), config.max_event_streams), (3600, 64));
        assert_eq!(config.log_level, Level::INFO);
    }

    #[test]
    fn values_that_make_no_sense_are_refused_by_name() {
        for (name, value) in [
            ("HOST", ""),
            ("PORT", "0"),
            ("PORT", "65536"),
            ("WORKERS", "two"),
            ("DB_POOL_TOTAL", "0"),
            ("FILE_CACHE_BYTES", "-1"),
            ("SESSION_TTL_SECONDS", "1.5"),
            ("MAX_EVENT_STREAMS", ""),
            ("LOG_LEVEL", "loud"),
        ] {
            assert!(read_with(name, value).err().unwrap().starts_with(name), "{name}={value}");
        }
    }

    #[test]
    fn the_database_is_named_whole_and_its_password_never_repeated() {
        for url in [
            "",
            "mysql://u:secret@h:1/d",
            "postgres://u:secret@h:1",
            "postgres://h:1/d",
            "postgres://u:secret@h:1/d?a=b",
            "postgres://u:secret@h:99999/d",
        ] {
            let error = read_with("DATABASE_URL", url).err().unwrap_or_else(|| panic!("{url} is taken"));
            assert!(error.starts_with("DATABASE_URL") && !error.contains("secret"), "{error}");
        }
    }
}
