//! Which request goes to which handler: a table kept by hand.
//!
//! A row is a path and its methods; a handler is a function pointer, so the table is data. A look-up
//! walks the rows from the top: the first path that fits is the one, so `todos/stats` stands above
//! `todos/{id}`, and its methods decide between the handler and a 405, whose `Allow` is at hand.
//! That is all that a router must do; that the walk grows with the table is what the others improve.

use http::Method;
use hyper_server::{
    extract::{self, Request},
    middleware::{breaker, rate_limit},
    respond::{self, Answer, AnswerFuture, Failure},
};
use shared::{App, Error, contract::media, domain::Whole, handlers};
use std::{future::ready, ops::Range};

/// A glue function, as the table keeps it.
type Handler = fn(Call) -> AnswerFuture;

/// A path, and what its methods do. `{name}` stands for one segment that is not empty.
type Row = (&'static str, &'static [(&'static str, Handler)]);

/// The table.
static TABLE: [Row; 21] = [
    ("/", &[("GET", |call| Box::pin(home(call)))]),
    ("/plaintext", &[("GET", |call| Box::pin(plaintext(call)))]),
    ("/json", &[("GET", |call| Box::pin(json(call)))]),
    ("/baseline11", &[("GET", |call| Box::pin(sum_query(call))), ("POST", |call| Box::pin(sum_body(call)))]),
    ("/json/{count}", &[("GET", |call| Box::pin(items(call)))]),
    ("/upload", &[("POST", |call| Box::pin(upload(call)))]),
    (
        "/todos",
        &[
            ("GET", |call| Box::pin(list_todos(call))),
            ("POST", |call| Box::pin(create_todo(call))),
            ("DELETE", |call| Box::pin(clear_todos(call))),
        ],
    ),
    ("/todos/stats", &[("GET", |call| Box::pin(todo_stats(call)))]),
    (
        "/todos/{id}",
        &[
            ("GET", |call| Box::pin(get_todo(call))),
            ("PATCH", |call| Box::pin(update_todo(call))),
            ("DELETE", |call| Box::pin(delete_todo(call))),
        ],
    ),
    ("/files", &[("GET", |call| Box::pin(list_files(call)))]),
    (
        "/files/{*path}",
        &[
            ("PUT", |call| Box::pin(put_file(call))),
            ("GET", |call| Box::pin(get_file(call))),
            ("DELETE", |call| Box::pin(delete_file(call))),
        ],
    ),
    ("/events", &[("GET", |call| Box::pin(events(call)))]),
    ("/ws", &[("GET", |call| Box::pin(socket(call)))]),
    ("/delay/{ms}", &[("GET", |call| Box::pin(delay(call)))]),
    ("/resolve/{network}", &[("GET", |call| Box::pin(resolve(call)))]),
    ("/members", &[("GET", |call| Box::pin(members(call)))]),
    ("/relay", &[("GET", |call| Box::pin(gated(call, relay)))]),
    ("/livez", &[("GET", |call| Box::pin(livez(call)))]),
    ("/readyz", &[("GET", |call| Box::pin(readyz(call)))]),
    ("/metrics", &[("GET", |call| Box::pin(metrics(call)))]),
    ("/openapi.json", &[("GET", |call| Box::pin(openapi(call)))]),
];

/// What a handler is called with.
struct Call {
    app: App,
    request: Request,
    parameter: Range<usize>,
}

impl Call {
    /// The segment that the parameter of the path stands for, still encoded.
    fn parameter(&self) -> &str {
        &self.request.uri().path()[self.parameter.clone()]
    }
}

/// Finds the handler of a request and calls it.
pub fn route(app: App, request: Request) -> AnswerFuture {
    let fits = |(pattern, methods): &Row| Some((*methods, fit(pattern, request.uri().path())?));
    let Some((methods, parameter)) = TABLE.iter().find_map(fits) else {
        return Box::pin(ready(Err(Failure::from(Error::NotFound))));
    };
    // What answers GET answers HEAD too: hyper keeps the head and leaves the body out.
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    match methods.iter().find(|(name, _)| *name == method.as_str()) {
        Some((_, handler)) => handler(Call { app, request, parameter }),
        None => {
            Box::pin(ready(respond::not_allowed(&methods.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "))))
        }
    }
}

/// Where the parameter of `pattern` stands in `path`, if the path fits; an empty range if the
/// pattern has none.
fn fit(pattern: &str, path: &str) -> Option<Range<usize>> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let (mut at, mut parameter) = (0, 0..0);
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(parameter),
            (Some(want), Some(_)) if want.starts_with("{*") => return (at < path.len()).then_some(at..path.len()),
            (Some(want), Some(give)) if want.starts_with('{') && !give.is_empty() => parameter = at..at + give.len(),
            (Some(want), Some(give)) if want == give => {}
            _ => return None,
        }
        at = path[at..].find('/').map_or(path.len(), |slash| at + slash + 1);
    }
}

/// Puts the gates of a route that asks siblings around a handler: a function of a function is one too.
async fn gated<F>(Call { app, request, parameter }: Call, handler: fn(Call) -> F) -> Answer
where
    F: Future<Output = Answer>,
{
    let handler = |request| handler(Call { app: app.clone(), request, parameter });
    rate_limit(&app, request, |request| breaker(&app, request, handler)).await
}

/// `GET /`
async fn home(call: Call) -> Answer {
    let accept = extract::accept(&call.request);
    respond::home(handlers::home(&call.app, accept.as_deref()).await?)
}

/// `GET /plaintext`
async fn plaintext(_: Call) -> Answer {
    Ok(respond::text(handlers::plaintext().await))
}

/// `GET /json`
async fn json(_: Call) -> Answer {
    respond::json(&handlers::json().await)
}

/// `GET /baseline11`
async fn sum_query(call: Call) -> Answer {
    let query = extract::query(&call.request)?;
    Ok(respond::text(handlers::sum_query(&query).await?))
}

/// `POST /baseline11`
async fn sum_body(call: Call) -> Answer {
    let query = extract::query(&call.request)?;
    let body = extract::body(call.request).await?;
    Ok(respond::text(handlers::sum_body(&query, &body).await?))
}

/// `GET /json/{count}`
async fn items(call: Call) -> Answer {
    let (count, query) = (extract::path(call.parameter())?, extract::query(&call.request)?);
    respond::json(&handlers::items(count, &query).await?)
}

/// `POST /upload`
async fn upload(call: Call) -> Answer {
    Ok(respond::text(handlers::upload(extract::chunks(call.request)).await?))
}

/// `GET /todos`
async fn list_todos(call: Call) -> Answer {
    let (base, query) = (extract::base_url(&call.app, &call.request), extract::query(&call.request)?);
    respond::json(&handlers::list_todos(&call.app, &base, &query).await?)
}

/// `POST /todos`
async fn create_todo(call: Call) -> Answer {
    let base = extract::base_url(&call.app, &call.request);
    let draft = extract::json_body(call.request).await?;
    respond::created(&handlers::create_todo(&call.app, &base, &draft).await?)
}

/// `DELETE /todos`
async fn clear_todos(call: Call) -> Answer {
    handlers::clear_todos(&call.app).await?;
    Ok(respond::no_content())
}

/// `GET /todos/stats`
async fn todo_stats(call: Call) -> Answer {
    respond::json(&handlers::todo_stats(&call.app).await?)
}

/// `GET /todos/{id}`
async fn get_todo(call: Call) -> Answer {
    let (base, conditions) = (extract::base_url(&call.app, &call.request), extract::head(&call.request)?);
    let id = extract::path(call.parameter())?;
    respond::fetched(&handlers::get_todo(&call.app, &base, id, &conditions).await?)
}

/// `PATCH /todos/{id}`
async fn update_todo(call: Call) -> Answer {
    let (base, conditions) = (extract::base_url(&call.app, &call.request), extract::head(&call.request)?);
    let (id, draft) = (extract::path(call.parameter())?, extract::json_body(call.request).await?);
    respond::tagged(&handlers::update_todo(&call.app, &base, id, &conditions, &draft).await?)
}

/// `DELETE /todos/{id}`
async fn delete_todo(call: Call) -> Answer {
    let (id, conditions) = (extract::path(call.parameter())?, extract::head(&call.request)?);
    handlers::delete_todo(&call.app, id, &conditions).await?;
    Ok(respond::no_content())
}

/// `GET /files`
async fn list_files(call: Call) -> Answer {
    respond::json(&handlers::list_files(&call.app).await?)
}

/// `PUT /files/{*path}`
async fn put_file(call: Call) -> Answer {
    let (path, conditions) = (extract::file_path(call.parameter())?, extract::head(&call.request)?);
    let Whole = extract::head(&call.request)?;
    respond::put(&handlers::put_file(&call.app, path, conditions, extract::chunks(call.request)).await?)
}

/// `GET /files/{*path}`
async fn get_file(call: Call) -> Answer {
    let (path, conditions) = (extract::file_path(call.parameter())?, extract::head(&call.request)?);
    respond::download(handlers::get_file(&call.app, &path, &conditions, &extract::head(&call.request)?).await?)
}

/// `DELETE /files/{*path}`
async fn delete_file(call: Call) -> Answer {
    let (path, conditions) = (extract::file_path(call.parameter())?, extract::head(&call.request)?);
    handlers::delete_file(&call.app, path, conditions).await?;
    Ok(respond::no_content())
}

/// `GET /events`
async fn events(call: Call) -> Answer {
    let (last, query) = (extract::head(&call.request)?, extract::query(&call.request)?);
    let events = handlers::events(&call.app, last, &query).await?;
    Ok(respond::events(events, call.app.config.limits.heartbeat))
}

/// `GET /ws`
async fn socket(call: Call) -> Answer {
    let (response, socket) = extract::upgrade(&call.app, call.request)?;
    Ok(respond::switching(response, async move {
        // A client that is gone before the upgrade needs no socket.
        let Ok(socket) = socket.await else { return };
        let (incoming, outgoing) = extract::messages(socket);
        handlers::socket(&call.app, incoming, outgoing).await;
    }))
}

/// `GET /delay/{ms}`
async fn delay(call: Call) -> Answer {
    Ok(respond::text(handlers::delay(extract::path(call.parameter())?).await))
}

/// `GET /resolve/{network}`
async fn resolve(call: Call) -> Answer {
    let (network, query) = (extract::path(call.parameter())?, extract::query(&call.request)?);
    respond::json(&handlers::resolve(&call.app, network, &query).await?)
}

/// `GET /members`
async fn members(call: Call) -> Answer {
    respond::json(&handlers::members(&call.app).await)
}

/// `GET /relay`
async fn relay(call: Call) -> Answer {
    let (passage, id) = (extract::passage(&call.request)?, extract::request_id(&call.request)?);
    respond::relayed(handlers::relay(&call.app, passage, id).await?)
}

/// `GET /livez`
async fn livez(_: Call) -> Answer {
    Ok(respond::text(handlers::livez().await))
}

/// `GET /readyz`
async fn readyz(call: Call) -> Answer {
    Ok(respond::text(handlers::readyz(&call.app).await?))
}

/// `GET /metrics`
async fn metrics(call: Call) -> Answer {
    Ok(respond::content(media::METRICS, handlers::metrics(&call.app).await))
}

/// `GET /openapi.json`
async fn openapi(_: Call) -> Answer {
    Ok(respond::content(media::JSON, handlers::openapi().await))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_segment_by_segment() {
        assert_eq!(fit("/todos/{id}", "/todos/17"), Some(7..9));
        assert_eq!(fit("/todos/{id}", "/todos/17/"), None);
        assert_eq!(fit("/todos/{id}", "/todos/"), None);
        assert_eq!(fit("/files/{*path}", "/files/a//b"), Some(7..11));
        assert_eq!(fit("/files/{*path}", "/files//"), Some(7..8));
        assert_eq!(fit("/files/{*path}", "/files/"), None);
        assert_eq!(fit("/files/{*path}", "/files"), None);
        assert_eq!(fit("/", "/"), Some(0..0));
        assert_eq!(fit("/", "//"), None);
        assert_eq!(fit("/json", "/json"), Some(0..0));
    }
}
