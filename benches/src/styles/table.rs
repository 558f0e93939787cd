//! Style 2, hyper with a manual router: a table kept by hand.
//!
//! As hyper-router-server's routes.rs does it: the rows are walked from the top, and the first path
//! that fits is the one. Rows of one shape share their handlers here, so a call carries the number of
//! its row; and a path may have two parameters, where that of the server has one.

use crate::styles::{
    api::{Route, Shape},
    pipes::{self, Answer, AnswerFuture, Head, NotFound, Request, Response, not_allowed},
    style::{Style, at_once},
};
use http::Method;
use http_body_util::Empty;
use std::{future::ready, ops::Range};

/// A glue function, as the table keeps it.
type Handler = fn(Call) -> AnswerFuture;

/// A path, and what its methods do. `{name}` stands for one segment that is not empty.
type Row = (String, &'static [(&'static str, Handler)]);

/// The table.
pub struct Table(Vec<Row>);

/// The methods of a shape.
fn methods(shape: Shape) -> &'static [(&'static str, Handler)] {
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
    parameters: [Range<usize>; 2],
}

impl Call {
    /// The number that a parameter of the path stands for.
    fn parameter(&self, at: usize) -> Result<u32, NotFound> {
        pipes::path(&self.request.uri().path()[self.parameters[at].clone()])
    }
}

/// Finds the handler of a request and calls it.
fn route(table: &[Row], request: Request) -> AnswerFuture {
    let fits =
        |(route, (pattern, methods)): (usize, &Row)| Some((route, *methods, fit(pattern, request.uri().path())?));
    let Some((route, methods, parameters)) = table.iter().enumerate().find_map(fits) else {
        return Box::pin(ready(Err(NotFound)));
    };
    // What answers GET answers HEAD too: hyper keeps the head and leaves the body out.
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    match methods.iter().find(|(name, _)| *name == method.as_str()) {
        Some((_, handler)) => handler(Call { route, request, parameters }),
        None => Box::pin(ready(not_allowed(&methods.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")))),
    }
}

/// Where the parameters of `pattern` stand in `path`, if the path fits; empty ranges for those that
/// the pattern lacks.
fn fit(pattern: &str, path: &str) -> Option<[Range<usize>; 2]> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let (mut at, mut parameters, mut count) = (0, [0..0, 0..0], 0);
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(parameters),
            (Some(want), Some(give)) if want.starts_with('{') && !give.is_empty() => {
                parameters[count] = at..at + give.len();
                count += 1;
            }
            (Some(want), Some(give)) if want == give => {}
            _ => return None,
        }
        at = path[at..].find('/').map_or(path.len(), |slash| at + slash + 1);
    }
}

impl Style for Table {
    const NAME: &'static str = "hand-kept table";
    const SERVER: &'static str = "hyper-router-server";
    type Head = Head;
    type Answer = Response;

    fn new(routes: &[Route]) -> Self {
        Table(routes.iter().map(|route| (route.pattern(), methods(route.shape))).collect())
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
