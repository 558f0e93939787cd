//! One function per operation, in the order of [`crate::contract::ROUTES`]: what the service does,
//! whatever the transport. A server's glue function of the same name extracts, calls one of these,
//! and responds. That of the WebSocket is long enough for a file of its own.

mod socket;

pub use socket::socket;

use crate::{
    app::App,
    contract::{self, media},
    domain::{
        BaseUrl, Conditions, Delay, ETag, Event, EventsQuery, File, FileBody, FilePath, Filter, ItemCount, Items,
        ItemsQuery, LastEventId, Limit, ListQuery, NewTodo, Part, Selection, Stats, StoredFile, SumQuery, TodoBody,
        TodoDraft, TodoId, TodoPatch, Verdict,
    },
    error::Error,
    openapi,
    policy::negotiate,
    store::Content,
    telemetry::LongAnswer,
};
use bytes::{Buf, Bytes};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use serde::Serialize;
use std::{pin::pin, sync::Arc, time::Duration};
use tokio::time::timeout;

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

/// A file that was just put.
#[derive(Debug)]
pub struct Put {
    /// Whether there was none before: 201, otherwise 200.
    pub created: bool,
    /// For `Location`.
    pub location: String,
    /// For `ETag`.
    pub etag: ETag,
    /// For the body.
    pub file: StoredFile,
}

/// A file that was asked for, if the client does not have it yet.
#[allow(clippy::large_enum_variant, reason = "it is moved once, into an answer")]
pub enum Download {
    /// 200, or 206 with a part.
    Modified {
        /// For the head.
        file: File,
        /// For `Content-Range`.
        part: Option<Part>,
        /// For the body.
        content: Content,
    },
    /// 304, with the tag and the date.
    NotModified(File),
}

impl Download {
    /// 200, 206 or 304.
    pub fn status(&self) -> u16 {
        match self {
            Download::Modified { part: None, .. } => 200,
            Download::Modified { part: Some(_), .. } => 206,
            Download::NotModified(_) => 304,
        }
    }

    /// The header fields that tell of the file, and of what comes of it.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let (Download::Modified { file, .. } | Download::NotModified(file)) = self;
        let mut fields = vec![("etag", file.etag().as_str().to_owned()), ("last-modified", file.last_modified())];
        if let Download::Modified { file, part, content } = self {
            fields.push(("accept-ranges", "bytes".to_owned()));
            fields.push(("content-length", content.size().to_string()));
            fields.push(("content-type", file.kind()));
            fields.push(("x-content-type-options", "nosniff".to_owned()));
            if let Some(Part { first, last }) = part {
                fields.push(("content-range", format!("bytes {first}-{last}/{}", file.size)));
            }
        }
        fields
    }
}

/// Events as they go over the wire, for servers whose framework has no type for them: with a comment
/// whenever nothing else was sent for the time of `heartbeat`.
pub fn frames(
    events: impl Stream<Item = Arc<Event>> + Send + Sync + 'static,
    heartbeat: Duration,
) -> impl Stream<Item = Bytes> + Send + Sync {
    stream::unfold(Box::pin(events), move |mut events| async move {
        match timeout(heartbeat, events.next()).await {
            Ok(Some(event)) => Some((Bytes::from(event.to_string()), events)),
            Ok(None) => None,
            Err(_) => Some((Bytes::from_static(b":\n\n"), events)),
        }
    })
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
    match conditions.evaluate(Some((&etag).into()), true) {
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

/// `GET /files`
///
/// # Errors
/// The store's.
pub async fn list_files(app: &App) -> Result<Vec<FileBody>, Error> {
    Ok(app.store.files().await?.iter().map(File::body).collect())
}

/// `PUT /files/{*path}`: the bytes go to the disk as they come, and the file changes at once when the
/// last of them is durable. A broken upload leaves nothing behind.
///
/// # Errors
/// 412 before a byte of the body is asked for, or if another put changes the file meanwhile; what the
/// body says (too large, too slow, broken); 507; or the store's.
pub async fn put_file<B: Buf>(
    app: &App,
    path: FilePath,
    conditions: Conditions,
    chunks: impl Stream<Item = Result<B, Error>>,
) -> Result<Put, Error> {
    match app.store.file(&path).await {
        Ok(found) => conditions.allow_file(Some(&found.file))?,
        Err(Error::NotFound) => conditions.allow_file(None)?,
        Err(error) => return Err(error),
    }
    let mut chunks = pin!(chunks);
    // A body that is refused at its first byte shall not touch the disk.
    let mut next = chunks.try_next().await?;
    let mut draft = app.store.draft().await?;
    while let Some(chunk) = next {
        draft.write(chunk).await?;
        next = chunks.try_next().await?;
    }
    let (file, created) = app.store.put_file(path, draft, conditions).await?;
    let location = file.path.location();
    let etag = file.etag();
    Ok(Put { created, location, etag, file: StoredFile { file: file.body(), sha256: file.digest.to_string() } })
}

/// `GET /files/{*path}`
///
/// # Errors
/// 404, 412, 416, or the store's.
pub async fn get_file(
    app: &App,
    path: &FilePath,
    conditions: &Conditions,
    selection: &Selection,
) -> Result<Download, Error> {
    // Between the look and the opening another put may take the bytes away, but hardly time after time.
    const TRIES: usize = 10;
    for _ in 0..TRIES {
        let found = app.store.file(path).await?;
        match conditions.evaluate(Some(found.file.current(&found.file.etag())), true) {
            Verdict::Proceed => {}
            Verdict::NotModified => return Ok(Download::NotModified(found.file)),
            Verdict::Failed => return Err(Error::PreconditionFailed),
        }
        let part = selection.of(&found.file)?;
        if let Some(content) = app.store.open_file(&found, part).await? {
            let content = content.watched(&app.metrics);
            return Ok(Download::Modified { file: found.file, part, content });
        }
    }
    Err(Error::internal(format!("the bytes of {} are missing", path.as_str())))
}

/// `DELETE /files/{*path}`
///
/// # Errors
/// 404, 412, or the store's.
pub async fn delete_file(app: &App, path: FilePath, conditions: Conditions) -> Result<(), Error> {
    app.store.delete_file(path, conditions).await
}

/// `GET /events`: what changes from now on, or since the event that the client has seen last. The stream
/// ends after as many events as the client wants, and when the server is about to stop; dropping it is leaving.
///
/// # Errors
/// 422 for a limit that is none, or the store's.
pub async fn events(
    app: &App,
    last: LastEventId,
    query: &EventsQuery,
) -> Result<impl Stream<Item = Arc<Event>> + Send + Sync + use<>, Error> {
    let Limit(limit) = Limit::parse(query)?;
    let listener = app.store.listen(last).await?;
    let events = stream::unfold(listener, async |mut listener| Some((listener.next().await, listener)));
    let events = events.take(limit.unwrap_or(usize::MAX)).take_until(app.shutdown.clone().begun());
    let begun = (Box::pin(events), LongAnswer::new(&app.metrics));
    Ok(stream::unfold(begun, async |(mut events, mut watch)| {
        watch.begin();
        let event = events.next().await;
        watch.end();
        event.map(|event| (event, (events, watch)))
    }))
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
