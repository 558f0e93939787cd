//! A path router: a tree of segments. It knows paths and nothing of HTTP.
//!
//! # Syntax
//! A pattern begins with `/`. Between slashes stands a literal (`todos`), a parameter (`{id}`, one
//! segment that is not empty), or, at the end only, the rest (`{*path}`, everything that is left, at
//! least one byte). A literal matches to the byte: no decoding, no folding of slashes or case.
//!
//! # Precedence
//! At every segment a literal beats a parameter, and a parameter beats the rest. If the better
//! branch leads nowhere, the search comes back and takes the next: beside `/a/b`, `/a/{x}/c` still
//! matches `/a/b/c`. The order of insertion plays no part.
//!
//! # Conflicts
//! Two patterns that match the same paths cannot both be inserted: [`Builder::insert`] names both.
//!
//! # Assumptions
//! A path has fewer than 65 536 bytes (longer ones match nothing), a pattern at most
//! [`MAX_PARAMS`] parameters, and a tree does not change once it is built.
//!
//! # The tree
//! A [`Router`] prints itself. That of a small service:
//! ```
//! let mut builder = handrolled_router::Builder::new();
//! for pattern in ["/todos", "/todos/stats", "/todos/{id}", "/files/{*path}"] {
//!     builder.insert(pattern, ())?;
//! }
//! assert_eq!(builder.build().to_string(), "\
//! /files
//!   /{*path} *
//! /todos *
//!   /stats *
//!   /{id} *
//! ");
//! # Ok::<(), handrolled_router::Conflict>(())
//! ```
//! A star marks where a pattern ends.

mod builder;
mod find;
mod node;

pub use builder::{Builder, Conflict};
pub use find::{MAX_PARAMS, Match, Params, Router};
