//! The routing curve: what it costs each style to find a handler, as its table grows.
//!
//! The six servers differ in routing, but also in all else that a framework does. Here each style
//! routes the same made-up [`api`], in the manner of its server's routes.rs, in one process and with
//! no socket. What is timed is the way from a request to an answer and to the end of both: the
//! request is made in the style's own type from a URI that is parsed already, the handler is found,
//! reads its parameters, and gives an empty answer that names it. That work is the same for every size
//! of the API, so what grows is the routing; the cost at one route is the base line.
//!
//! | read in this order | what it holds |
//! |---|---|
//! | [`api`] | the routes, and the sizes |
//! | [`ask`] | the requests, case by case, and what becomes of them |
//! | [`style`] | what a style can do here |
//! | [`pipes`] | what the three on hyper share, as their servers do |
//! | [`chain`], [`table`], [`axum`], [`actix`], [`warp`], [`tree`] | the styles, in the order of the servers |
//! | [`curves`], [`report`] | what is measured, what grows, and how it looks |
//! | [`command`] | all of it, by its command or as a part of a run of the lab |

/// The routes, and the sizes.
pub mod api;
/// The requests.
pub mod ask;
/// What a style can do here.
pub mod style;
/// What the three on hyper share.
pub mod pipes;
/// A match is a router.
pub mod chain;
/// A table kept by hand is a router.
pub mod table;
/// A router is a value.
pub mod axum;
/// A router is an app per worker.
pub mod actix;
/// A router is an expression.
pub mod warp;
/// A tree is a router.
pub mod tree;
/// What is measured, and what grows.
pub mod curves;
/// How it looks.
pub mod report;
/// All of it, by a command.
pub mod command;

use api::Route;
use ask::Ask;
use style::{Ready, ready};

/// The six, each ready to answer these.
pub fn six(routes: &[Route], asks: &[Ask]) -> Vec<Ready> {
    vec![
        ready::<chain::Chain>(routes, asks),
        ready::<table::Table>(routes, asks),
        ready::<axum::Axum>(routes, asks),
        ready::<actix::Actix>(routes, asks),
        ready::<warp::Warp>(routes, asks),
        ready::<tree::Tree>(routes, asks),
    ]
}
