//! Runs a Raft cluster in one program, a task a node, and serves the raft contract (bench/raft/contract.md).

mod alarm;
mod cluster;
mod config;
mod elections;
mod experiment;
mod files;
mod journal;
mod member;
mod service;

use std::process::ExitCode;

use program::Environment;

use crate::config::Config;

fn main() -> ExitCode {
    let config = match Config::read(&Environment::of_process()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("raft-rust: {error}");
            return ExitCode::from(2);
        }
    };
    program::log_to_stderr(config.log_level);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("raft-rust: {error}");
            return ExitCode::from(3);
        }
    };
    let served = runtime.block_on(service::serve(config));
    // What is left after an orderly stop is not waited for.
    runtime.shutdown_background();
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("raft-rust: {}", error.replace('\n', ": "));
            ExitCode::from(3)
        }
    }
}
