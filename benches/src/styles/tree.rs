//! Style 6, hand-rolled: a tree is a router.
//!
//! As handrolled-server's routes.rs does it: every leaf holds the methods of its path. Leaves of one
//! shape share their handlers here, so a leaf knows the number of its route as well.

use crate::styles::{
    api::{Route, Shape},
    pipes::{self, Answer, AnswerFuture, Head, NotFound, Request, Response, not_allowed},
    style::{Style, at_once},
};
use handrolled_router::{Builder, Params, Router};
use http::Method;
use http_body_util::Empty;
use std::future::ready;

/// A glue function, as a leaf keeps it.
type Handler = fn(Call) -> AnswerFuture;

/// What a leaf holds: the methods of its path.
type Methods = &'static [(&'static str, Handler)];

/// The tree.
pub struct Tree(Router<(usize, Methods)>);

/// The methods of a shape.
fn methods(shape: Shape) -> Methods {
    match shape {
        Shape::Item => &[("GET", |call| Box::pin(get_item(call)))],
        Shape::List => &[("GET", |call| Box::pin(list_items(call))), ("POST", |call| Box::pin(create_item(call)))],
        Shape::Parts => &[("GET", |call| Box::pin(list_parts(call))), ("POST", |call| Box::pin(create_part(call)))],
        Shape::Stats => &[("GET", |call| Box::pin(part_stats(call)))],
        Shape::Part => &[("GET", |call| Box::pin(get_part(call)))],
    }
}

/// What a handler is called with.
struct Call {
    route: usize,
    request: Request,
    params: Params,
}

impl Call {
    /// The number that a parameter of the path stands for.
    fn parameter(&self, at: usize) -> Result<u32, NotFound> {
        pipes::path(self.params.get(at, self.request.uri().path()).unwrap_or_default())
    }
}

/// Finds the handler of a request and calls it.
fn route(router: &Router<(usize, Methods)>, request: Request) -> AnswerFuture {
    let Some(found) = router.find(request.uri().path()) else {
        return Box::pin(ready(Err(NotFound)));
    };
    let (route, methods) = *found.value;
    // What answers GET answers HEAD too: hyper keeps the head and leaves the body out.
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    match methods.iter().find(|(name, _)| *name == method.as_str()) {
        Some((_, handler)) => handler(Call { route, request, params: found.params }),
        None => Box::pin(ready(not_allowed(&methods.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")))),
    }
}

impl Style for Tree {
    const NAME: &'static str = "handrolled tree";
    const SERVER: &'static str = "handrolled-server";
    type Head = Head;
    type Answer = Response;

    fn new(routes: &[Route]) -> Self {
        let mut builder = Builder::new();
        for route in routes {
            builder.insert(&route.pattern(), (route.at, methods(route.shape))).expect("no conflict");
        }
        Tree(builder.build())
    }

    fn head(method: &str, path: &str) -> Head {
        pipes::head(method, path)
    }

    fn answer(&self, head: &Head) -> Response {
        at_once(route(&self.0, pipes::request(head, Empty::new()))).unwrap_or_else(Response::from)
    }

    fn status(answer: &Response) -> u16 {
        answer.status().as_u16()
    }

    fn field<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
        pipes::field(answer, name)
    }
}

/// `GET /name/{id}`
async fn get_item(call: Call) -> Answer {
    Ok(pipes::found(call.route, call.parameter(0)?))
}

/// `GET /name`
async fn list_items(call: Call) -> Answer {
    Ok(pipes::found(call.route, 0))
}

/// `POST /name`
async fn create_item(call: Call) -> Answer {
    Ok(pipes::created(call.route, 0))
}

/// `GET /name/{id}/part`
async fn list_parts(call: Call) -> Answer {
    Ok(pipes::found(call.route, call.parameter(0)?))
}

/// `POST /name/{id}/part`
async fn create_part(call: Call) -> Answer {
    Ok(pipes::created(call.route, call.parameter(0)?))
}

/// `GET /name/{id}/part/stats`
async fn part_stats(call: Call) -> Answer {
    Ok(pipes::found(call.route, call.parameter(0)?))
}

/// `GET /name/{id}/part/{key}`
async fn get_part(call: Call) -> Answer {
    Ok(pipes::found(call.route, call.parameter(0)? + call.parameter(1)?))
}
