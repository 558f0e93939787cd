//! One function per operation: what the service does, whatever the transport. A server's glue function of
//! the same name extracts, calls one of these, and responds.
//!
//! They stand in the groups and in the order of [`crate::contract::ROUTES`], each group with the types that
//! its functions give back. That of the WebSocket is long enough for a file of its own.

mod front;
mod bench;
mod todos;
mod files;
mod live;
mod socket;
mod network;
mod ops;

pub use bench::{Message, items, json, plaintext, sum_body, sum_query, upload};
pub use files::{Download, Put, delete_file, get_file, list_files, put_file};
pub use front::{Home, Index, IndexRoute, home};
pub use live::{delay, events, frames};
pub use network::{members, relay, resolve};
pub use ops::{livez, metrics, openapi, readyz};
pub use socket::socket;
pub use todos::{
    Created, Fetched, Tagged, clear_todos, create_todo, delete_todo, get_todo, list_todos, todo_stats, update_todo,
};
