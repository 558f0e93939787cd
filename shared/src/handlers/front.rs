//! `/`: the page, or the index.

use crate::{
    app::App,
    contract::{self, media},
    error::Error,
    page::PAGE,
    policy::negotiate,
};
use serde::Serialize;

/// What `GET /` answers, by `Accept`.
#[derive(Debug)]
pub enum Home {
    /// For a browser.
    Page(&'static str),
    /// For a program.
    Index(Index),
}

/// The index: what this is, and where to go.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Index {
    /// Which of the six answered.
    pub name: &'static str,
    /// The version of Sextet.
    pub version: &'static str,
    /// Every route of the contract.
    pub routes: Vec<IndexRoute>,
}

/// One route in the index.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IndexRoute {
    /// What it does.
    pub operation: &'static str,
    /// With which method.
    pub method: &'static str,
    /// At which path.
    pub path: &'static str,
}

/// `GET /`: HTML or JSON, whichever `accept` prefers; HTML on a tie.
///
/// # Errors
/// [`Error::NotAcceptable`] when it wants neither.
pub async fn home(app: &App, accept: Option<&str>) -> Result<Home, Error> {
    match negotiate::media(accept, &["text/html", media::JSON]) {
        Some(0) => Ok(Home::Page(PAGE)),
        Some(_) => Ok(Home::Index(index(app))),
        None => Err(Error::NotAcceptable),
    }
}

fn index(app: &App) -> Index {
    let route = |route: &contract::Route| IndexRoute {
        operation: route.operation.name(),
        method: route.method.as_str(),
        path: route.pattern,
    };
    Index {
        name: app.server.name,
        version: env!("CARGO_PKG_VERSION"),
        routes: contract::ROUTES.iter().map(route).collect(),
    }
}
