//! Style 1, raw hyper: a `match` is a router.
//!
//! As hyper-server's routes.rs does it. Its arms cannot be made by a loop, so the build script writes one
//! function for each size of the API; the glue functions stand here, one for all routes of a shape, and
//! the arm tells them which route they serve.

use crate::styles::{
    api::Route,
    pipes::{self, Answer, AnswerFuture, Head, NotFound, Request, Response, not_allowed},
    style::{Style, at_once},
};
use http::Method;
use http_body_util::Empty;
use std::future::ready;

/// A function for each size. Whether their arms have all been thought of, rustc asks for most of the
/// time that this package takes to build: some 20 s, nearly all of it for the thousand.
#[expect(clippy::unnested_or_patterns, reason = "written path by path")]
mod written {
    use super::{
        AnswerFuture, Method, NotFound, Request, create_item, create_part, get_item, get_part, list_items, list_parts,
        not_allowed, part_stats, ready,
    };

    include!(concat!(env!("OUT_DIR"), "/styles.rs"));
}

/// Which of the functions it is.
pub struct Chain(usize);

impl Style for Chain {
    const NAME: &'static str = "match chain";
    const SERVER: &'static str = "hyper-server";
    type Head = Head;
    type Answer = Response;

    fn new(routes: &[Route]) -> Self {
        Chain(routes.len())
    }

    fn head(method: &str, path: &str) -> Head {
        pipes::head(method, path)
    }

    fn answer(&self, head: &Head) -> Response {
        let request = pipes::request(head, Empty::new());
        let answer = match self.0 {
            1 => written::route_1(request),
            10 => written::route_10(request),
            100 => written::route_100(request),
            203 => written::route_203(request),
            1000 => written::route_1000(request),
            n => unreachable!("no match of {n} routes was written"),
        };
        at_once(answer).unwrap_or_else(Response::from)
    }

    fn status(answer: &Response) -> u16 {
        answer.status().as_u16()
    }

    fn field<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
        pipes::field(answer, name)
    }
}

/// `GET /name/{id}`
async fn get_item(route: usize, id: String) -> Answer {
    Ok(pipes::found(route, pipes::path(&id)?))
}

/// `GET /name`
async fn list_items(route: usize) -> Answer {
    Ok(pipes::found(route, 0))
}

/// `POST /name`
async fn create_item(route: usize, _: Request) -> Answer {
    Ok(pipes::created(route, 0))
}

/// `GET /name/{id}/part`
async fn list_parts(route: usize, id: String) -> Answer {
    Ok(pipes::found(route, pipes::path(&id)?))
}

/// `POST /name/{id}/part`
async fn create_part(route: usize, _: Request, id: String) -> Answer {
    Ok(pipes::created(route, pipes::path(&id)?))
}

/// `GET /name/{id}/part/stats`
async fn part_stats(route: usize, id: String) -> Answer {
    Ok(pipes::found(route, pipes::path(&id)?))
}

/// `GET /name/{id}/part/{key}`
async fn get_part(route: usize, id: String, key: String) -> Answer {
    Ok(pipes::found(route, pipes::path(&id)? + pipes::path(&key)?))
}
