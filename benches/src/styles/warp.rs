//! Style 5, warp: a router is an expression.
//!
//! As warp-server's routes.rs does it: the routes of a resource stand in a row, then the resources,
//! and behind them every path once more, for all other methods. What differs is `boxed`: the type of
//! the expression names every filter in it, and a thousand are too many for the compiler. A
//! resource keeps its type, as in the server, and is boxed where it meets the next one. They are
//! joined in halves, so that eight boxes lead to any of two hundred resources; a chain of
//! `or` would lead through them all, to the first one too. The order of the routes is the same.

use crate::styles::{
    api::{Route, Shape},
    pipes::{self, Head, Request},
    style::{self, Style, at_once},
};
use http_body_util::Empty;
use std::convert::Infallible;
use tower::ServiceExt;
use warp::{
    Filter, Rejection, Reply,
    filters::BoxedFilter,
    http::{StatusCode, header},
    path,
    path::{FullPath, end, param},
    post, reject, reply,
    reply::Response,
};

/// Routes whose type is forgotten.
type Routes = BoxedFilter<(Response,)>;

/// The filter, as a function: the type of its service has no name.
pub struct Warp(Box<dyn Fn(Request) -> Response>);

/// The table.
fn filter(routes: &[Route]) -> impl Filter<Extract = (impl Reply + use<>,), Error = Infallible> + Clone + use<> {
    let resources: Vec<_> = routes.chunks(Shape::ALL.len()).map(Resource::new).collect();
    let exact = halves(&resources, Resource::routes).or(halves(&resources, Resource::known_paths));
    exact_path().and(exact).recover(not_found)
}

/// These in a row.
fn halves(resources: &[Resource], filter: fn(&Resource) -> Routes) -> Routes {
    match resources {
        [one] => filter(one),
        _ => {
            let (left, right) = resources.split_at(resources.len() / 2);
            halves(left, filter).or(halves(right, filter)).unify().boxed()
        }
    }
}

/// A resource, whole or cut.
struct Resource {
    first: usize,
    routes: usize,
    // Names are literals in a server.
    name: &'static str,
    part: &'static str,
}

impl Resource {
    fn new(routes: &[Route]) -> Self {
        let Route { at, name, part, .. } = &routes[0];
        Resource { first: *at, routes: routes.len(), name: name.clone().leak(), part }
    }

    /// Its routes.
    fn routes(&self) -> Routes {
        let (at, name, part) = (self.first, self.name, self.part);
        let get_item = path(name).and(param()).and(end()).and(get()).then(move |id| get_item(at, id));
        let list_items = path(name).and(end()).and(get()).then(move || list_items(at + 1));
        let create_item = path(name).and(end()).and(post()).then(move || create_item(at + 1));
        let parts = path(name).and(param()).and(path(part)).and(end());
        let list_parts = parts.and(get()).then(move |id| list_parts(at + 2, id));
        let create_part = parts.and(post()).then(move |id| create_part(at + 2, id));
        let stats = path(name).and(param()).and(path(part)).and(path("stats")).and(end());
        // The first that fits wins: what is no route of `stats` must not become one of a key.
        let part_stats = stats.and(get()).then(move |id| part_stats(at + 3, id));
        let part_stats = part_stats.or(stats.map(|_: u32| not_allowed("GET")));
        let part = path(name).and(param()).and(path(part)).and(param()).and(end());
        let get_part = part.and(get()).then(move |id, key| get_part(at + 4, id, key));

        let two = get_item.or(list_items).or(create_item);
        let three = two.or(list_parts).or(create_part);
        match self.routes {
            1 => get_item.map(Reply::into_response).boxed(),
            2 => two.map(Reply::into_response).boxed(),
            3 => three.map(Reply::into_response).boxed(),
            4 => three.or(part_stats).map(Reply::into_response).boxed(),
            _ => three.or(part_stats).or(get_part).map(Reply::into_response).boxed(),
        }
    }

    /// Its paths again: a request that comes this far with one of them has another method.
    fn known_paths(&self) -> Routes {
        let (name, part) = (self.name, self.part);
        let item = path(name).and(param()).and(end()).map(|_: u32| not_allowed("GET"));
        let list = path(name).and(end()).map(|| not_allowed("GET, POST"));
        let parts = path(name).and(param()).and(path(part)).and(end()).map(|_: u32| not_allowed("GET, POST"));
        let part = path(name).and(param()).and(path(part)).and(param()).and(end());
        let part = part.map(|_: u32, _: u32| not_allowed("GET"));

        let two = item.or(list);
        let three = two.or(parts);
        match self.routes {
            1 => item.map(Reply::into_response).boxed(),
            2 => two.map(Reply::into_response).boxed(),
            // That of `stats` stands beside it.
            3 | 4 => three.map(Reply::into_response).boxed(),
            _ => three.or(part).map(Reply::into_response).boxed(),
        }
    }
}

/// GET, and HEAD beside it, as in the server.
fn get() -> impl Filter<Extract = (), Error = Rejection> + Copy {
    warp::get().or(warp::head()).unify()
}

/// A path with a slash behind it is another path, as in the server.
fn exact_path() -> impl Filter<Extract = (), Error = Rejection> + Copy {
    let exact = |path: &str| path == "/" || !path.ends_with('/');
    let check = move |path: FullPath| async move { exact(path.as_str()).then_some(()).ok_or_else(reject::not_found) };
    path::full().and_then(check).untuple_one()
}

/// What no route took.
async fn not_found(rejection: Rejection) -> Result<impl Reply, Infallible> {
    let found = !rejection.is_not_found();
    Ok(if found { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::NOT_FOUND })
}

/// 405 for a path that knows only these methods.
fn not_allowed(allow: &'static str) -> impl Reply {
    reply::with_header(StatusCode::METHOD_NOT_ALLOWED, header::ALLOW, allow)
}

impl Style for Warp {
    const NAME: &'static str = "warp";
    const SERVER: &'static str = "warp-server";
    type Head = Head;
    type Answer = Response;

    fn new(routes: &[Route]) -> Self {
        let service = warp::service(filter(routes));
        let answer = move |request| at_once(service.clone().oneshot(request)).unwrap_or_else(|never| match never {});
        Warp(Box::new(answer))
    }

    fn head(method: &str, path: &str) -> Head {
        pipes::head(method, path)
    }

    fn answer(&self, head: &Head) -> Response {
        self.0(pipes::request(head, Empty::new()))
    }

    fn status(answer: &Response) -> u16 {
        answer.status().as_u16()
    }

    fn field<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
        pipes::field(answer, name)
    }
}

/// 200, by this handler.
fn found(route: usize, parameters: u32) -> impl Reply {
    reply::with_header(StatusCode::OK, style::HANDLER, style::handled(route, parameters))
}

/// 201, by this handler.
fn created(route: usize, parameters: u32) -> impl Reply {
    reply::with_status(found(route, parameters), StatusCode::CREATED)
}

/// `GET /name/{id}`
async fn get_item(route: usize, id: u32) -> impl Reply {
    found(route, id)
}

/// `GET /name`
async fn list_items(route: usize) -> impl Reply {
    found(route, 0)
}

/// `POST /name`
async fn create_item(route: usize) -> impl Reply {
    created(route, 0)
}

/// `GET /name/{id}/part`
async fn list_parts(route: usize, id: u32) -> impl Reply {
    found(route, id)
}

/// `POST /name/{id}/part`
async fn create_part(route: usize, id: u32) -> impl Reply {
    created(route, id)
}

/// `GET /name/{id}/part/stats`
async fn part_stats(route: usize, id: u32) -> impl Reply {
    found(route, id)
}

/// `GET /name/{id}/part/{key}`
async fn get_part(route: usize, id: u32, key: u32) -> impl Reply {
    found(route, id + key)
}
