//! Which request goes to which handler: one `match`.
//!
//! The path is split into segments, and the patterns of the language do the rest: a literal is a
//! static segment, a name is a parameter, and the order of the arms is their precedence, so
//! `todos/stats` stands above `todos/{id}`. What a `match` cannot know is that a path exists with
//! other methods: 405 needs an arm for every path.

use crate::{
    extract::{self, Request},
    middleware::{breaker, rate_limit},
    respond::{self, Answer, AnswerFuture, Failure},
};
use arrayvec::ArrayVec;
use http::Method;
use shared::{App, Error, contract::media, domain::Whole, handlers};
use std::future::ready;

/// Finds the handler of a request and calls it.
///
/// The arms give futures of many types, so what is returned is a boxed one, as it is in hyper's
/// [example of a service](https://github.com/hyperium/hyper/blob/master/examples/service_struct_impl.rs).
/// An `async fn` that awaited them would be as large as the largest, for every request.
pub fn route(app: App, request: Request) -> AnswerFuture {
    let target = request.uri().clone();
    // No pattern is longer; what is more stays in the last.
    let segments: ArrayVec<&str, 3> = target.path().splitn(4, '/').skip(1).collect();
    // A pattern cannot give back as one what it has taken apart.
    let rest = target.path().strip_prefix("/files/").unwrap_or_default();
    // What answers GET answers HEAD too: hyper keeps the head and leaves the body out.
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let not_allowed = |allow| -> AnswerFuture { Box::pin(ready(respond::not_allowed(allow))) };
    match (method.as_str(), segments.as_slice()) {
        ("GET", [""]) => Box::pin(home(app, request)),
        ("GET", ["plaintext"]) => Box::pin(plaintext()),
        ("GET", ["json"]) => Box::pin(json()),
        ("GET", ["baseline11"]) => Box::pin(sum_query(request)),
        ("POST", ["baseline11"]) => Box::pin(sum_body(request)),
        ("GET", ["json", count]) => Box::pin(items(request, count.to_string())),
        ("POST", ["upload"]) => Box::pin(upload(request)),
        ("GET", ["todos"]) => Box::pin(list_todos(app, request)),
        ("POST", ["todos"]) => Box::pin(create_todo(app, request)),
        ("DELETE", ["todos"]) => Box::pin(clear_todos(app)),
        ("GET", ["todos", "stats"]) => Box::pin(todo_stats(app)),
        (_, ["todos", "stats"]) => not_allowed("GET"),
        ("GET", ["todos", id]) => Box::pin(get_todo(app, request, id.to_string())),
        ("PATCH", ["todos", id]) => Box::pin(update_todo(app, request, id.to_string())),
        ("DELETE", ["todos", id]) => Box::pin(delete_todo(app, request, id.to_string())),
        ("GET", ["files"]) => Box::pin(list_files(app)),
        ("PUT", ["files", _, ..]) if !rest.is_empty() => Box::pin(put_file(app, request, rest.to_owned())),
        ("GET", ["files", _, ..]) if !rest.is_empty() => Box::pin(get_file(app, request, rest.to_owned())),
        ("DELETE", ["files", _, ..]) if !rest.is_empty() => Box::pin(delete_file(app, request, rest.to_owned())),
        ("GET", ["events"]) => Box::pin(events(app, request)),
        ("GET", ["ws"]) => Box::pin(socket(app, request)),
        ("GET", ["delay", ms]) => Box::pin(delay(ms.to_string())),
        ("GET", ["resolve", network]) => Box::pin(resolve(app, request, network.to_string())),
        ("GET", ["members"]) => Box::pin(members(app)),
        ("GET", ["relay"]) => Box::pin(async move {
            let relay = |request| relay(app.clone(), request);
            rate_limit(&app, request, |request| breaker(&app, request, relay)).await
        }),
        ("GET", ["livez"]) => Box::pin(livez()),
        ("GET", ["readyz"]) => Box::pin(readyz(app)),
        ("GET", ["metrics"]) => Box::pin(metrics(app)),
        ("GET", ["openapi.json"]) => Box::pin(openapi()),
        (
            _,
            [
                "" | "plaintext" | "json" | "files" | "events" | "ws" | "members" | "relay" | "livez" | "readyz"
                | "metrics" | "openapi.json",
            ],
        ) => not_allowed("GET"),
        (_, ["baseline11"]) => not_allowed("GET, POST"),
        (_, ["upload"]) => not_allowed("POST"),
        (_, ["todos"]) => not_allowed("DELETE, GET, POST"),
        (_, ["json" | "delay" | "resolve", count]) if !count.is_empty() => not_allowed("GET"),
        (_, ["todos", id]) if !id.is_empty() => not_allowed("DELETE, GET, PATCH"),
        (_, ["files", _, ..]) if !rest.is_empty() => not_allowed("DELETE, GET, PUT"),
        _ => Box::pin(ready(Err(Failure::from(Error::NotFound)))),
    }
}

/// `GET /`
async fn home(app: App, request: Request) -> Answer {
    let accept = extract::accept(&request);
    respond::home(handlers::home(&app, accept.as_deref()).await?)
}

/// `GET /plaintext`
async fn plaintext() -> Answer {
    Ok(respond::text(handlers::plaintext().await))
}

/// `GET /json`
async fn json() -> Answer {
    respond::json(&handlers::json().await)
}

/// `GET /baseline11`
async fn sum_query(request: Request) -> Answer {
    let query = extract::query(&request)?;
    Ok(respond::text(handlers::sum_query(&query).await?))
}

/// `POST /baseline11`
async fn sum_body(request: Request) -> Answer {
    let query = extract::query(&request)?;
    let body = extract::body(request).await?;
    Ok(respond::text(handlers::sum_body(&query, &body).await?))
}

/// `GET /json/{count}`
async fn items(request: Request, count: String) -> Answer {
    let (count, query) = (extract::path(&count)?, extract::query(&request)?);
    respond::json(&handlers::items(count, &query).await?)
}

/// `POST /upload`
async fn upload(request: Request) -> Answer {
    Ok(respond::text(handlers::upload(extract::chunks(request)).await?))
}

/// `GET /todos`
async fn list_todos(app: App, request: Request) -> Answer {
    let (base, query) = (extract::base_url(&app, &request), extract::query(&request)?);
    respond::json(&handlers::list_todos(&app, &base, &query).await?)
}

/// `POST /todos`
async fn create_todo(app: App, request: Request) -> Answer {
    let base = extract::base_url(&app, &request);
    let draft = extract::json_body(request).await?;
    respond::created(&handlers::create_todo(&app, &base, &draft).await?)
}

/// `DELETE /todos`
async fn clear_todos(app: App) -> Answer {
    handlers::clear_todos(&app).await?;
    Ok(respond::no_content())
}

/// `GET /todos/stats`
async fn todo_stats(app: App) -> Answer {
    respond::json(&handlers::todo_stats(&app).await?)
}

/// `GET /todos/{id}`
async fn get_todo(app: App, request: Request, id: String) -> Answer {
    let (base, conditions) = (extract::base_url(&app, &request), extract::head(&request)?);
    respond::fetched(&handlers::get_todo(&app, &base, extract::path(&id)?, &conditions).await?)
}

/// `PATCH /todos/{id}`
async fn update_todo(app: App, request: Request, id: String) -> Answer {
    let (base, conditions) = (extract::base_url(&app, &request), extract::head(&request)?);
    let (id, draft) = (extract::path(&id)?, extract::json_body(request).await?);
    respond::tagged(&handlers::update_todo(&app, &base, id, &conditions, &draft).await?)
}

/// `DELETE /todos/{id}`
async fn delete_todo(app: App, request: Request, id: String) -> Answer {
    handlers::delete_todo(&app, extract::path(&id)?, &extract::head(&request)?).await?;
    Ok(respond::no_content())
}

/// `GET /files`
async fn list_files(app: App) -> Answer {
    respond::json(&handlers::list_files(&app).await?)
}

/// `PUT /files/{*path}`
async fn put_file(app: App, request: Request, path: String) -> Answer {
    let (path, conditions) = (extract::file_path(&path)?, extract::head(&request)?);
    let Whole = extract::head(&request)?;
    respond::put(&handlers::put_file(&app, path, conditions, extract::chunks(request)).await?)
}

/// `GET /files/{*path}`
async fn get_file(app: App, request: Request, path: String) -> Answer {
    let (path, conditions) = (extract::file_path(&path)?, extract::head(&request)?);
    respond::download(handlers::get_file(&app, &path, &conditions, &extract::head(&request)?).await?)
}

/// `DELETE /files/{*path}`
async fn delete_file(app: App, request: Request, path: String) -> Answer {
    let (path, conditions) = (extract::file_path(&path)?, extract::head(&request)?);
    handlers::delete_file(&app, path, conditions).await?;
    Ok(respond::no_content())
}

/// `GET /events`
async fn events(app: App, request: Request) -> Answer {
    let (last, query) = (extract::head(&request)?, extract::query(&request)?);
    let events = handlers::events(&app, last, &query).await?;
    Ok(respond::events(events, app.config.limits.heartbeat))
}

/// `GET /ws`
async fn socket(app: App, request: Request) -> Answer {
    let (response, socket) = extract::upgrade(&app, request)?;
    Ok(respond::switching(response, async move {
        // A client that is gone before the upgrade needs no socket.
        let Ok(socket) = socket.await else { return };
        let (incoming, outgoing) = extract::messages(socket);
        handlers::socket(&app, incoming, outgoing).await;
    }))
}

/// `GET /delay/{ms}`
async fn delay(ms: String) -> Answer {
    Ok(respond::text(handlers::delay(extract::path(&ms)?).await))
}

/// `GET /resolve/{network}`
async fn resolve(app: App, request: Request, network: String) -> Answer {
    let (network, query) = (extract::path(&network)?, extract::query(&request)?);
    respond::json(&handlers::resolve(&app, network, &query).await?)
}

/// `GET /members`
async fn members(app: App) -> Answer {
    respond::json(&handlers::members(&app).await)
}

/// `GET /relay`
async fn relay(app: App, request: Request) -> Answer {
    let (passage, id) = (extract::passage(&request)?, extract::request_id(&request)?);
    respond::relayed(handlers::relay(&app, passage, id).await?)
}

/// `GET /livez`
async fn livez() -> Answer {
    Ok(respond::text(handlers::livez().await))
}

/// `GET /readyz`
async fn readyz(app: App) -> Answer {
    Ok(respond::text(handlers::readyz(&app).await?))
}

/// `GET /metrics`
async fn metrics(app: App) -> Answer {
    Ok(respond::content(media::METRICS, handlers::metrics(&app).await))
}

/// `GET /openapi.json`
async fn openapi() -> Answer {
    Ok(respond::content(media::JSON, handlers::openapi().await))
}
