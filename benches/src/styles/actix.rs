//! Style 4, actix-web: a router is an app per worker.
//!
//! As actix-web-server's routes.rs does it: one resource for each path, tried in the order in which
//! they are added, and 405 as the default of each. The app becomes a service by
//! [`init_service`](actix_web::test::init_service), actix-web's own way to test one. A request is made of
//! a parsed URI, as behind a socket: `TestRequest` would parse it anew each time.

use crate::styles::{
    api::{self, Shape},
    style::{self, Style, at_once},
};
use actix_http::Request;
use actix_web::{
    App, HttpResponse, Resource, Responder, Route,
    body::BoxBody,
    dev::{Service, ServiceResponse},
    guard,
    http::{Method, StatusCode, Uri, header},
    test,
    web::{self, Path},
};
use std::future::ready;

type Answer = ServiceResponse<BoxBody>;

/// The app, as a function: the type of its service has no name.
pub struct Actix(Box<dyn Fn(Request) -> Answer>);

/// The methods of a route.
fn resource(route: &api::Route) -> Resource {
    use web::{post, resource};
    let at = route.at;
    let resource = resource(route.pattern());
    let resource = match route.shape {
        Shape::Item => resource.route(get().to(move |id| get_item(at, id))),
        Shape::List => resource.route(get().to(move || list_items(at))).route(post().to(move || create_item(at))),
        Shape::Parts => {
            resource.route(get().to(move |id| list_parts(at, id))).route(post().to(move |id| create_part(at, id)))
        }
        Shape::Stats => resource.route(get().to(move |id| part_stats(at, id))),
        Shape::Part => resource.route(get().to(move |both| get_part(at, both))),
    };
    resource.default_service(not_allowed(route.shape.allow()))
}

/// GET and HEAD, as in the server.
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// 405 for a path that knows only these methods.
fn not_allowed(allow: &'static str) -> Route {
    web::to(move || ready(HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allow)).finish()))
}

impl Style for Actix {
    const NAME: &'static str = "actix-web";
    const SERVER: &'static str = "actix-web-server";
    type Head = (Method, Uri);
    type Answer = Answer;

    fn new(routes: &[api::Route]) -> Self {
        let app = routes.iter().fold(App::new(), |app, route| app.service(resource(route)));
        let app = app.default_service(web::to(async || HttpResponse::NotFound()));
        let service = at_once(test::init_service(app));
        Actix(Box::new(move |request| at_once(service.call(request)).expect("every failure is an answer")))
    }

    fn head(method: &str, path: &str) -> Self::Head {
        (method.parse().expect("a method"), path.parse().expect("a path"))
    }

    fn answer(&self, (method, uri): &Self::Head) -> Answer {
        let mut request = Request::new();
        let head = request.head_mut();
        head.method = method.clone();
        head.uri = uri.clone();
        self.0(request)
    }

    fn status(answer: &Answer) -> u16 {
        answer.status().as_u16()
    }

    fn field<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
        answer.headers().get(name)?.to_str().ok()
    }
}

/// 200, by this handler.
fn found(route: usize, parameters: u32) -> impl Responder {
    handled(StatusCode::OK, route, parameters)
}

/// 201, by this handler.
fn created(route: usize, parameters: u32) -> impl Responder {
    handled(StatusCode::CREATED, route, parameters)
}

fn handled(status: StatusCode, route: usize, parameters: u32) -> HttpResponse {
    HttpResponse::build(status).insert_header((style::HANDLER, style::handled(route, parameters))).finish()
}

/// `GET /name/{id}`
async fn get_item(route: usize, id: Path<u32>) -> impl Responder {
    found(route, *id)
}

/// `GET /name`
async fn list_items(route: usize) -> impl Responder {
    found(route, 0)
}

/// `POST /name`
async fn create_item(route: usize) -> impl Responder {
    created(route, 0)
}

/// `GET /name/{id}/part`
async fn list_parts(route: usize, id: Path<u32>) -> impl Responder {
    found(route, *id)
}

/// `POST /name/{id}/part`
async fn create_part(route: usize, id: Path<u32>) -> impl Responder {
    created(route, *id)
}

/// `GET /name/{id}/part/stats`
async fn part_stats(route: usize, id: Path<u32>) -> impl Responder {
    found(route, *id)
}

/// `GET /name/{id}/part/{key}`
async fn get_part(route: usize, both: Path<(u32, u32)>) -> impl Responder {
    let (id, key) = *both;
    found(route, id + key)
}
