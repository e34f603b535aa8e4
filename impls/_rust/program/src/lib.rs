//! What the services written in Rust have in common: settings, problem documents, bodies and the server.

mod body;
mod environment;
mod problem;
mod request_line;
mod server;

pub use body::read_body;
pub use environment::{Environment, one_line};
pub use problem::{Problem, json};
pub use server::{STOP_WAIT, Stop, is_exact, log_to_stderr, methods, serve};
