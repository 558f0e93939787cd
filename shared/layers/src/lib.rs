//! The contract's middleware as tower layers, written once for the five servers that speak tower;
//! actix-web has native twins in its own folder. What they decide stands in [`shared::policy`].
//!
//! A server stacks them in its `middleware.rs`, outermost first:
//!
//! 1. [`leftover`]: what nobody reads of a body is cleared away, or the connection closes
//! 2. [`request_id`]: keeps a sound id or makes one
//! 3. [`access_log`]: one line and the figures of every request
//! 4. [`cors`]: who may read the answer, that of a panic included
//! 5. [`panic_guard`]: a panic is a 500, and the server lives
//! 6. [`guard`]: heads that the listener refused, and hosts that are not ours
//! 7. [`concurrency_limit`]: beyond it, 503
//! 8. [`timeout`]: past it, 504
//! 9. [`compression`]: gzip or brotli for large text
//! 10. [`allow`]: `Allow` in one shape, and OPTIONS out of it
//! 11. [`body_limit`]: how much of a body is read, and how slowly it may come
//!
//! Around most of them is [`Middleware`], two plain functions; [`Body`] is what all of them answer with.

mod access_log;
mod allow;
mod body;
mod compression;
mod concurrency_limit;
mod cors;
mod guard;
mod leftover;
mod limit;
mod listener;
mod middleware;
mod panic_guard;
mod peer;
mod request_body;
mod request_id;
mod socket;
mod timeout;

pub use access_log::{AccessLog, Logged, Watched, access_log};
pub use allow::{Allow, allow};
pub use body::{Body, BoxError, problem};
pub use compression::{Compression, compression};
pub use concurrency_limit::{ConcurrencyLimit, concurrency_limit};
pub use cors::{Cors, cors};
pub use guard::{Guard, guard};
pub use leftover::{Clearing, KeptBody, Leftover, leftover};
pub use limit::{BodyLimit, Bounded, body_limit};
pub use listen::Connection;
pub use listener::{limits, listener};
pub use middleware::{Answering, Middleware, MiddlewareLayer, Wrapped};
pub use panic_guard::{Catching, Guarded, PanicGuard, panic_guard};
pub use peer::{Peer, client};
pub use request_body::{BodyError, PacedBody, cause, chunks, read};
pub use request_id::{RequestId, RequestIds, request_id};
pub use socket::{broken, buffer_bytes, message_bytes};
pub use timeout::{Limited, Timed, Timeout, timeout};
