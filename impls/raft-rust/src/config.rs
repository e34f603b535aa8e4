use std::path::PathBuf;
use std::time::Duration;

use program::{Environment, one_line};
use tracing::Level;

/// limits.clusterSize in impl.json.
const MAX_CLUSTER_SIZE: u32 = 1001;
const MAX_TIMEOUT_MS: u64 = 3_600_000;
const MAX_BATCH_ENTRIES: usize = 64;
const WINDOW_ENTRIES: u64 = 1024;

/// What the environment asks for.
pub struct Config {
    pub host: String,
    pub port: u16,
    pub data_dir: PathBuf,
    pub cluster_size: u32,
    election_timeout_min_us: u64,
    election_timeout_max_us: u64,
    pub heartbeat_us: u64,
    pub network_delay_us: u64,
    pub fsync: bool,
    pub seed: u32,
    pub request_timeout: Duration,
    pub log_level: Level,
}

impl Config {
    /// Rejects invalid values and names all their variables in one line.
    pub fn read(env: &Environment) -> Result<Self, String> {
        let host = env.host("HOST");
        let port = env.number("PORT", "", 1..=u16::MAX);
        let data_dir = env.required("DATA_DIR");
        let cluster_size = env.number("CLUSTER_SIZE", "3", 1..=MAX_CLUSTER_SIZE);
        let min_us = microseconds(env, "ELECTION_TIMEOUT_MIN_MS", "150");
        let mut max_us = microseconds(env, "ELECTION_TIMEOUT_MAX_MS", "300");
        let mut heartbeat_us = microseconds(env, "HEARTBEAT_MS", "75");
        let network_delay_us = env.number("NETWORK_DELAY_US", "0", 0..=10_000_000);
        let fsync = match env.text("DURABILITY", "file") {
            "file" => Ok(false),
            "fsync" => Ok(true),
            other => Err(format!("DURABILITY must be file or fsync, not {other:?}")),
        };
        let seed = env.number("SEED", "1", 0..=u32::MAX);
        let request_timeout_ms = env.number("REQUEST_TIMEOUT_MS", "2000", 1..=60_000);
        let log_level = env.log_level("LOG_LEVEL", "info");
        if let Ok(min_us) = min_us {
            max_us = max_us.and_then(|max_us| {
                let error = "ELECTION_TIMEOUT_MAX_MS must not be less than ELECTION_TIMEOUT_MIN_MS";
                if max_us < min_us { Err(error.to_owned()) } else { Ok(max_us) }
            });
            heartbeat_us = heartbeat_us.and_then(|heartbeat_us| {
                let error = "HEARTBEAT_MS must be less than ELECTION_TIMEOUT_MIN_MS";
                if heartbeat_us >= min_us { Err(error.to_owned()) } else { Ok(heartbeat_us) }
            });
        }
        let errors = [
            host.as_ref().err(),
            port.as_ref().err(),
            data_dir.as_ref().err(),
            cluster_size.as_ref().err(),
            min_us.as_ref().err(),
            max_us.as_ref().err(),
            heartbeat_us.as_ref().err(),
            network_delay_us.as_ref().err(),
            fsync.as_ref().err(),
            seed.as_ref().err(),
            request_timeout_ms.as_ref().err(),
            log_level.as_ref().err(),
        ];
        if let Some(line) = one_line(&errors) {
            return Err(line);
        }
        Ok(Self {
            host: host?,
            port: port?,
            data_dir: PathBuf::from(data_dir?),
            cluster_size: cluster_size?,
            election_timeout_min_us: min_us?,
            election_timeout_max_us: max_us?,
            heartbeat_us: heartbeat_us?,
            network_delay_us: network_delay_us?,
            fsync: fsync?,
            seed: seed?,
            request_timeout: Duration::from_millis(request_timeout_ms?),
            log_level: log_level?,
        })
    }

    pub fn node(&self, id: u32) -> raft::Config {
        raft::Config {
            id,
            cluster_size: self.cluster_size,
            election_timeout_min_us: self.election_timeout_min_us,
            election_timeout_max_us: self.election_timeout_max_us,
            heartbeat_us: self.heartbeat_us,
            max_batch_entries: MAX_BATCH_ENTRIES,
            window_entries: WINDOW_ENTRIES,
        }
    }
}

/// Milliseconds with at most three decimal places.
fn microseconds(env: &Environment, name: &str, fallback: &str) -> Result<u64, String> {
    let text = env.text(name, fallback);
    let (whole, places) = text.split_once('.').map_or((text, "0"), |(whole, places)| (whole, places));
    let are_digits =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let digits = format!("{whole}{places:0<3}");
    let us = if are_digits(whole, 7) && are_digits(places, 3) { digits.parse().unwrap_or(0) } else { 0 };
    if !(1..=MAX_TIMEOUT_MS * 1000).contains(&us) {
        return Err(format!(
            "{name} must be milliseconds above 0, up to {MAX_TIMEOUT_MS}, with at most three decimal places, not {text:?}"
        ));
    }
    Ok(us)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_with(name: &str, value: &str) -> Result<Config, String> {
        let valid = [("HOST", "127.0.0.1"), ("PORT", "8080"), ("DATA_DIR", "/data")];
        Config::read(&Environment::of(&[valid.as_slice(), &[(name, value)]].concat()))
    }

    #[test]
    fn milliseconds_may_have_three_places() {
        for (value, want) in [("200", 200_000), ("200.5", 200_500), ("150.001", 150_001)] {
            assert_eq!(read_with("ELECTION_TIMEOUT_MAX_MS", value).unwrap().election_timeout_max_us, want);
        }
        assert_eq!(read_with("HEARTBEAT_MS", "0.5").unwrap().heartbeat_us, 500);
    }

    #[test]
    fn values_that_make_no_sense_are_refused_by_name() {
        for (name, value) in [
            ("PORT", "0"),
            ("DATA_DIR", ""),
            ("CLUSTER_SIZE", "0"),
            ("CLUSTER_SIZE", "1002"),
            ("ELECTION_TIMEOUT_MIN_MS", "0"),
            ("ELECTION_TIMEOUT_MAX_MS", "149"),
            ("ELECTION_TIMEOUT_MAX_MS", "200.0001"),
            ("HEARTBEAT_MS", "150"),
            ("HEARTBEAT_MS", "1."),
            ("HEARTBEAT_MS", ".5"),
            ("DURABILITY", "maybe"),
            ("SEED", "4294967296"),
            ("REQUEST_TIMEOUT_MS", "60001"),
            ("LOG_LEVEL", "loud"),
        ] {
            assert!(read_with(name, value).err().unwrap().starts_with(name), "{name}={value}");
        }
    }
}
