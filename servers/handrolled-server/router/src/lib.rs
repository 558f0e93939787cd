//! A path router: patterns in, a tree, look-ups out. It knows paths and nothing of HTTP, depends on
//! nothing, and allocates nothing for a look-up.
//!
//! # Use
//! Patterns go into a [`Builder`], each with a value; [`Builder::build`] makes a [`Router`] of it, which
//! never changes, so that threads can share it without a lock.
//! ```
//! use handrolled_router::Builder;
//!
//! let mut builder = Builder::new();
//! builder.insert("/todos", "list")?;
//! builder.insert("/todos/stats", "count")?;
//! builder.insert("/todos/{id}", "get")?;
//! builder.insert("/todos/{id}/tags/{tag}", "tag")?;
//! builder.insert("/files/{*path}", "download")?;
//! let router = builder.build();
//!
//! let path = "/todos/7/tags/red";
//! let found = router.find(path).map(|found| (*found.value, found.params.get(1, path)));
//! assert_eq!(found, Some(("tag", Some("red"))));
//!
//! assert_eq!(router.to_string(), "\
//! /files
//!   /{*path} *
//! /todos *
//!   /stats *
//!   /{id} *
//!     /tags
//!       /{tag} *
//! ");
//! # Ok::<(), handrolled_router::Conflict>(())
//! ```
//! A router prints itself as a tree, as above: a line for each place, and a star where a pattern ends.
//!
//! # Syntax
//! A pattern begins with `/`. What stands between slashes is a segment, one of three kinds:
//!
//! | segment | matches | |
//! |---|---|---|
//! | `todos` | a literal: these bytes | no decoding, no folding of case or of slashes; it may be empty, as the last one of `/todos/` is |
//! | `{id}` | a parameter: one segment | that is not empty |
//! | `{*path}` | the rest: all that is left, slashes too | at least one byte; only at the end |
//!
//! Braces enclose whole segments: `/{name}.json` is no pattern here.
//!
//! # Precedence
//! At every segment a literal beats a parameter, and a parameter beats the rest, so `/todos/stats` is
//! never an id. If the better branch leads nowhere, the search **comes back** and takes the next one:
//! beside `/a/b`, the pattern `/a/{x}/c` still matches `/a/b/c`. The order of insertion plays no part.
//!
//! # Conflicts
//! [`Builder::insert`] refuses a pattern that
//! - is there already, or differs from one that is there only in the names of its parameters: no path
//!   could tell them apart;
//! - calls a parameter by another name than a pattern that leads through the same place, as `/a/{x}/b`
//!   and `/a/{y}/c` do: one thing has one name.
//!
//! The [`Conflict`] names both patterns. All others go together.
//!
//! # Assumptions
//! - Paths are looked up far more often than trees are built.
//! - A path has at most [`MAX_PATH`] bytes; a longer one matches nothing.
//! - A pattern has at most [`MAX_PARAMS`] parameters and [`MAX_SEGMENTS`] segments.
//! - Patterns come from the program, not from strangers; paths come from strangers. Whatever the path,
//!   a look-up visits no node of the tree twice.
//!
//! # How it works
//! The tree above, with what a segment leads to:
//! ```text
//!             (root)
//!       files /    \ todos
//!            ( )   (list)
//!    {*path} |    stats / \ {id}
//!      (download)  (count) (get)
//!                             \ tags
//!                             ( )
//!                               \ {tag}
//!                              (tag)
//! ```
//! To find a path is to walk from the root, a segment at a time. `tree::Node::search` is that walk in
//! one function, with nothing done for speed, and the place to begin to read. What every look-up really
//! goes through is the same tree laid out flat, and five ideas make it fast:
//!
//! 1. **No parameters, no walk** (`flat`): a pattern that is all literal beats every other, so paths are
//!    first looked up whole.
//! 2. **All slashes at once** (`path`): a path is read in words of eight bytes, and 64 bytes give 64
//!    bits, one for each end of a segment. Nothing goes over the bytes one by one.
//! 3. **One look for a literal** (`table`): each place has its literals in a table made for them, where
//!    the last bytes of a segment and its length tell the slot.
//! 4. **Choose, do not branch** (`flat`): a processor guesses at every branch, and a wrong guess costs as
//!    much as 60 instructions. Which way a path goes cannot be guessed, so the walk has no branch on it:
//!    a parameter is written down whether or not it is one, and counts if it is.
//! 5. **No way back on the way** (`flat`): the walk takes the best way at each place and keeps no notes.
//!    Where it can go no further, the place itself says whether one before it had another way: only then
//!    the search in the tree does it again in full.
//!
//! The files in the order in which they are best read: `pattern`, `builder`, `tree`; then `params`,
//! `path`, `table`, `flat`, `find`. What it costs, beside other routers: `benches`.

mod builder;
mod find;
mod flat;
mod params;
mod path;
mod pattern;
mod table;
mod tree;

pub use builder::{Builder, Conflict};
pub use find::{MAX_PATH, Match, Router};
pub use params::{MAX_PARAMS, Params};
pub use pattern::MAX_SEGMENTS;
