//! Serves the crud contract (bench/crud/contract.md) with axum and tokio-postgres.

mod accounts;
mod aggregations;
mod body;
mod cache;
mod config;
mod database;
mod etag;
mod events;
mod files;
mod jobs;
mod listener;
mod password;
mod query;
mod service;
mod text;

use std::process::ExitCode;

use program::Environment;

use crate::config::Config;

fn main() -> ExitCode {
    let config = match Config::read(&Environment::of_process()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("crud-rust: {error}");
            return ExitCode::from(2);
        }
    };
    program::log_to_stderr(config.log_level);
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "stopped");
            ExitCode::FAILURE
        }
    }
}

fn run(config: Config) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(config.workers).enable_all().build()?;
    let served = runtime.block_on(service::serve(config));
    // What is left after an orderly stop is not waited for.
    runtime.shutdown_background();
    served
}
