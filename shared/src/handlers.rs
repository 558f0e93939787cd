//! One function per operation, in the order of [`crate::contract::ROUTES`]: what the service does,
//! whatever the transport. A server's glue function of the same name extracts, calls one of these,
//! and responds.

use crate::{
    app::App,
    contract::{self, media},
    domain::{
        BaseUrl, Conditions, Delay, ETag, Filter, ItemCount, Items, ItemsQuery, ListQuery, NewTodo, Stats, SumQuery,
        TodoBody, TodoDraft, TodoId, TodoPatch, Verdict,
    },
    error::Error,
    openapi,
    policy::negotiate,
};
use bytes::Buf;
use futures_util::{Stream, TryStreamExt};
use serde::Serialize;
use std::pin::pin;

/// What `GET /` answers, by `Accept`.
#[derive(Debug)]
pub enum Home {
    /// For a browser.
    Page(String),
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

/// `{"message":"Hello, World!"}`
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Message {
    /// The greeting.
    pub message: &'static str,
}

/// A todo with its entity tag.
#[derive(Debug)]
pub struct Tagged {
    /// For `ETag`.
    pub etag: ETag,
    /// For the body.
    pub todo: TodoBody,
}

/// A todo that was just made.
#[derive(Debug)]
pub struct Created {
    /// For `Location`.
    pub location: String,
    /// The todo.
    pub tagged: Tagged,
}

/// A todo that was asked for, if the client does not have it yet.
#[derive(Debug)]
pub enum Fetched {
    /// 200.
    Modified(Tagged),
    /// 304, with the tag.
    NotModified(ETag),
}

/// `GET /`: HTML or JSON, whichever `accept` prefers; HTML on a tie.
///
/// # Errors
/// [`Error::NotAcceptable`] when it wants neither.
pub async fn home(app: &App, accept: Option<&str>) -> Result<Home, Error> {
    match negotiate::media(accept, &["text/html", media::JSON]) {
        Some(0) => Ok(Home::Page(crate::page::render(app.server))),
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

/// `GET /plaintext`
pub async fn plaintext() -> &'static str {
    "Hello, World!"
}

/// `GET /json`
pub async fn json() -> Message {
    Message { message: "Hello, World!" }
}

/// `GET /baseline11`: `a + b`.
///
/// # Errors
/// A 422 when one of them is absent or not an integer.
pub async fn sum_query(query: &SumQuery) -> Result<String, Error> {
    Ok(query.sum()?.to_string())
}

/// `POST /baseline11`: `a + b` plus the integer in the body.
///
/// # Errors
/// A 400 when the body is not UTF-8, a 422 that names every key, or the body, that is not an integer.
pub async fn sum_body(query: &SumQuery, body: &[u8]) -> Result<String, Error> {
    let text = std::str::from_utf8(body).map_err(|_| Error::malformed("The body is not UTF-8."))?;
    Ok(query.sum_with(text.trim())?.to_string())
}

/// `GET /json/{count}`
///
/// # Errors
/// A 422 when `m` is not an integer in its range.
pub async fn items(count: ItemCount, query: &ItemsQuery) -> Result<Items, Error> {
    Items::first(count, query)
}

/// `POST /upload`: how many bytes came. They are counted as they come and never kept.
///
/// # Errors
/// What the body says: too large, too slow, broken.
pub async fn upload<B: Buf>(chunks: impl Stream<Item = Result<B, Error>>) -> Result<String, Error> {
    let mut chunks = pin!(chunks);
    let mut count = 0;
    while let Some(chunk) = chunks.try_next().await? {
        count += chunk.remaining();
    }
    Ok(count.to_string())
}

/// `GET /todos`
///
/// # Errors
/// A 422 that names every query key at fault, or the store's.
pub async fn list_todos(app: &App, base: &BaseUrl, query: &ListQuery) -> Result<Vec<TodoBody>, Error> {
    let todos = app.store.list(Filter::parse(query)?).await?;
    Ok(todos.into_iter().map(|todo| todo.body(base)).collect())
}

/// `POST /todos`
///
/// # Errors
/// A 422 that names every field at fault, or the store's.
pub async fn create_todo(app: &App, base: &BaseUrl, draft: &TodoDraft) -> Result<Created, Error> {
    let todo = app.store.create(NewTodo::parse(draft)?).await?;
    let location = format!("/todos/{}", todo.id);
    Ok(Created { location, tagged: Tagged { etag: ETag::of(&todo), todo: todo.body(base) } })
}

/// `DELETE /todos`
///
/// # Errors
/// The store's.
pub async fn clear_todos(app: &App) -> Result<(), Error> {
    app.store.clear().await
}

/// `GET /todos/stats`
///
/// # Errors
/// The store's.
pub async fn todo_stats(app: &App) -> Result<Stats, Error> {
    app.store.stats().await
}

/// `GET /todos/{id}`
///
/// # Errors
/// 404, 412, or the store's.
pub async fn get_todo(app: &App, base: &BaseUrl, id: TodoId, conditions: &Conditions) -> Result<Fetched, Error> {
    let todo = app.store.get(id).await?;
    let etag = ETag::of(&todo);
    match conditions.evaluate(&etag, true) {
        Verdict::Proceed => Ok(Fetched::Modified(Tagged { etag, todo: todo.body(base) })),
        Verdict::NotModified => Ok(Fetched::NotModified(etag)),
        Verdict::Failed => Err(Error::PreconditionFailed),
    }
}

/// `PATCH /todos/{id}`
///
/// # Errors
/// 404, 412, a 422 that names every field at fault, or the store's.
pub async fn update_todo(
    app: &App,
    base: &BaseUrl,
    id: TodoId,
    conditions: &Conditions,
    draft: &TodoDraft,
) -> Result<Tagged, Error> {
    let todo = app.store.update(id, conditions, TodoPatch::parse(draft)?).await?;
    Ok(Tagged { etag: ETag::of(&todo), todo: todo.body(base) })
}

/// `DELETE /todos/{id}`
///
/// # Errors
/// 404, 412, or the store's.
pub async fn delete_todo(app: &App, id: TodoId, conditions: &Conditions) -> Result<(), Error> {
    app.store.delete(id, conditions).await
}

/// `GET /delay/{ms}`: waits. A client that leaves ends the wait: it drops this future.
pub async fn delay(delay: Delay) -> String {
    tokio::time::sleep(delay.duration()).await;
    format!("waited {} ms", delay.duration().as_millis())
}

/// `GET /livez`
pub async fn livez() -> &'static str {
    "ok"
}

/// `GET /readyz`
///
/// # Errors
/// A 503 while draining or while the store is down.
pub async fn readyz(app: &App) -> Result<&'static str, Error> {
    if app.shutdown.has_begun() {
        return Err(Error::Unavailable("The server is about to stop."));
    }
    app.store.ping().await?;
    Ok("ok")
}

/// `GET /metrics`
pub async fn metrics(app: &App) -> String {
    app.metrics.render()
}

/// `GET /openapi.json`
pub async fn openapi() -> &'static str {
    openapi::document()
}
