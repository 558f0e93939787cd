//! The requests, case by case, and what becomes of them.

use crate::styles::{
    api::{Route, Shape},
    style,
};
use fastrand::Rng;
use serde::{Deserialize, Serialize};

/// Where in the table a request leads. All but [`Case::Deep`] ask for a path of one shape,
/// `/name/{id}` with a name of nine bytes and an id of four (in [`Case::Any`] the names are as long
/// as they are), so that only the place differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// The first route.
    First,
    /// That of the last resource.
    Last,
    /// That of every resource in turn, shuffled: no branch and no cache line is always the same.
    Any,
    /// 404: no route has this first segment.
    Miss,
    /// 404: below the last resource there is no such thing.
    Deep,
    /// 405: the last resource, by a method that it lacks.
    Method,
}

impl Case {
    /// All of them.
    pub const ALL: [Case; 6] = [Case::First, Case::Last, Case::Any, Case::Miss, Case::Deep, Case::Method];

    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Case::First => "hit, first route",
            Case::Last => "hit, last resource",
            Case::Any => "hit, any resource",
            Case::Miss => "404, unknown first segment",
            Case::Deep => "404, below the last resource",
            Case::Method => "405, last resource",
        }
    }
}

/// A request, and what must become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its method.
    pub method: &'static str,
    /// Its path.
    pub path: String,
    /// What is right.
    pub expected: Outcome,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// 200, 201, 404 or 405.
    pub status: u16,
    /// The number of the route whose handler was called, and the sum of the parameters that it read.
    pub handled: Option<(usize, u64)>,
    /// The methods of `Allow`, sorted. HEAD, which only axum names beside GET, is left out.
    pub allow: Vec<String>,
}

impl Outcome {
    /// What these fields of an answer say.
    pub fn new(status: u16, handler: Option<&str>, allow: Option<&str>) -> Self {
        let methods = allow.unwrap_or_default().split(',').map(str::trim).filter(|name| !["", "HEAD"].contains(name));
        let mut allow: Vec<_> = methods.map(str::to_owned).collect();
        allow.sort();
        Outcome { status, handled: handler.and_then(|number| Some(style::parts(number.parse().ok()?))), allow }
    }

    fn not_found() -> Self {
        Outcome::new(404, None, None)
    }
}

impl Ask {
    /// For a route, by any method.
    pub fn route(method: &'static str, route: &Route, id: u64, key: u64) -> Self {
        let path = route.path(&id.to_string(), &key.to_string());
        let sum = match route.shape {
            Shape::List => 0,
            Shape::Item | Shape::Parts | Shape::Stats => id,
            Shape::Part => id + key,
        };
        let allow = route.shape.allow();
        let status = match method {
            "GET" | "HEAD" => 200,
            _ if allow.contains(method) => 201,
            _ => return Ask { method, path, expected: Outcome::new(405, None, Some(allow)) },
        };
        Ask { method, path, expected: Outcome { status, handled: Some((route.at, sum)), allow: Vec::new() } }
    }

    /// For a path that no route has.
    pub fn nothing(method: &'static str, path: String) -> Self {
        Ask { method, path, expected: Outcome::not_found() }
    }
}

/// How many requests a case has.
pub const ASKS: usize = 256;

/// The requests of a case.
pub fn asks(case: Case, routes: &[Route], random: &mut Rng) -> Vec<Ask> {
    let items: Vec<_> = routes.iter().filter(|route| route.shape == Shape::Item).collect();
    let (Some(first), Some(last)) = (items.first(), items.last()) else { return Vec::new() };
    let mut places: Vec<_> = (0..ASKS).collect();
    random.shuffle(&mut places);
    let ask = |place: usize| {
        let id = random.u64(1000..10_000);
        match case {
            Case::First => Ask::route("GET", first, id, 0),
            Case::Last => Ask::route("GET", last, id, 0),
            Case::Any => Ask::route("GET", items[place % items.len()], id, 0),
            Case::Miss => Ask::nothing("GET", format!("/elsewhere/{id}")),
            Case::Deep => Ask::nothing("GET", format!("/{}/{id}/nothing", last.name)),
            Case::Method => Ask::route("DELETE", last, id, 0),
        }
    };
    places.into_iter().map(ask).collect()
}
