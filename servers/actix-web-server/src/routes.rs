//! Which request goes to which handler: a function that fills an app.
//!
//! Every worker thread builds an [`App`](actix_web::App) of its own, by calling [`configure`]
//! ([configuration](https://actix.rs/docs/application#configure)). A resource is a path with its
//! routes, and a route is a method with a function. Resources are tried in the order in which they
//! are added, so `/todos/stats` stands above `/todos/{id}`. What a resource cannot do is say which
//! methods its routes have: 405 needs a line for every path
//! ([URL dispatch](https://actix.rs/docs/url-dispatch)). What wraps one route only is added to it by
//! `wrap`, the last outermost.

use crate::{
    extract::{Accept, BaseUrl, Body, Chunks, FilePath, Head, Json, Upgrade},
    middleware::{
        RequestId,
        relay::{breaker, rate_limit},
    },
    respond::{self, Failure},
};
use actix_web::{Responder, Route, guard, middleware::from_fn, rt, web};
use shared::{
    App, Error,
    contract::media,
    domain::{
        Conditions, Delay, EventsQuery, ItemCount, ItemsQuery, LastEventId, ListQuery, Network, ResolveQuery,
        Selection, SumQuery, TodoDraft, TodoId, Whole,
    },
    handlers,
    relay::Passage,
};
use std::future::ready;

type Answer<T> = Result<T, Failure>;

/// The table.
#[rustfmt::skip]
pub fn configure(config: &mut web::ServiceConfig) {
    use web::{delete, patch, post, put, resource};
    config
        .service(resource("/").route(get().to(home)).default_service(not_allowed("GET")))
        .service(resource("/plaintext").route(get().to(plaintext)).default_service(not_allowed("GET")))
        .service(resource("/json").route(get().to(json)).default_service(not_allowed("GET")))
        .service(resource("/baseline11").route(get().to(sum_query)).route(post().to(sum_body))
            .default_service(not_allowed("GET, POST")))
        .service(resource("/json/{count}").route(get().to(items)).default_service(not_allowed("GET")))
        .service(resource("/upload").route(post().to(upload)).default_service(not_allowed("POST")))
        .service(resource("/todos").route(get().to(list_todos)).route(post().to(create_todo))
            .route(delete().to(clear_todos)).default_service(not_allowed("DELETE, GET, POST")))
        .service(resource("/todos/stats").route(get().to(todo_stats)).default_service(not_allowed("GET")))
        .service(resource("/todos/{id}").route(get().to(get_todo)).route(patch().to(update_todo))
            .route(delete().to(delete_todo)).default_service(not_allowed("DELETE, GET, PATCH")))
        .service(resource("/files").route(get().to(list_files)).default_service(not_allowed("GET")))
        .service(resource("/files/{path:.+}").route(put().to(put_file)).route(get().to(get_file))
            .route(delete().to(delete_file)).default_service(not_allowed("DELETE, GET, PUT")))
        .service(resource("/events").route(get().to(events)).default_service(not_allowed("GET")))
        .service(resource("/ws").route(get().to(socket)).default_service(not_allowed("GET")))
        .service(resource("/delay/{ms}").route(get().to(delay)).default_service(not_allowed("GET")))
        .service(resource("/resolve/{network}").route(get().to(resolve)).default_service(not_allowed("GET")))
        .service(resource("/members").route(get().to(members)).default_service(not_allowed("GET")))
        .service(resource("/relay").route(get().to(relay).wrap(from_fn(breaker)).wrap(from_fn(rate_limit)))
            .default_service(not_allowed("GET")))
        .service(resource("/livez").route(get().to(livez)).default_service(not_allowed("GET")))
        .service(resource("/readyz").route(get().to(readyz)).default_service(not_allowed("GET")))
        .service(resource("/metrics").route(get().to(metrics)).default_service(not_allowed("GET")))
        .service(resource("/openapi.json").route(get().to(openapi)).default_service(not_allowed("GET")))
        .default_service(web::to(async || Answer::<&str>::Err(Error::NotFound.into())));
}

/// GET and HEAD: `web::get` alone refuses the latter
/// ([guards](https://docs.rs/actix-web/4/actix_web/guard/fn.Any.html)).
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// 405 for a path that knows only these methods.
fn not_allowed(allow: &'static str) -> Route {
    web::to(move || ready(respond::not_allowed(allow)))
}

/// `GET /`
async fn home(app: web::Data<App>, Accept(accept): Accept) -> Answer<impl Responder> {
    Ok(respond::home(handlers::home(&app, accept.as_deref()).await?))
}

/// `GET /plaintext`
async fn plaintext() -> impl Responder {
    handlers::plaintext().await
}

/// `GET /json`
async fn json() -> impl Responder {
    respond::json(handlers::json().await)
}

/// `GET /baseline11`
async fn sum_query(query: web::Query<SumQuery>) -> Answer<impl Responder> {
    Ok(handlers::sum_query(&query).await?)
}

/// `POST /baseline11`
async fn sum_body(query: web::Query<SumQuery>, Body(body): Body) -> Answer<impl Responder> {
    Ok(handlers::sum_body(&query, &body).await?)
}

/// `GET /json/{count}`
async fn items(count: web::Path<ItemCount>, query: web::Query<ItemsQuery>) -> Answer<impl Responder> {
    Ok(respond::json(handlers::items(*count, &query).await?))
}

/// `POST /upload`
async fn upload(chunks: Chunks) -> Answer<impl Responder> {
    Ok(handlers::upload(chunks).await?)
}

/// `GET /todos`
async fn list_todos(
    app: web::Data<App>,
    BaseUrl(base): BaseUrl,
    query: web::Query<ListQuery>,
) -> Answer<impl Responder> {
    Ok(respond::json(handlers::list_todos(&app, &base, &query).await?))
}

/// `POST /todos`
async fn create_todo(
    app: web::Data<App>,
    BaseUrl(base): BaseUrl,
    Json(draft): Json<TodoDraft>,
) -> Answer<impl Responder> {
    Ok(respond::created(handlers::create_todo(&app, &base, &draft).await?))
}

/// `DELETE /todos`
async fn clear_todos(app: web::Data<App>) -> Answer<impl Responder> {
    handlers::clear_todos(&app).await?;
    Ok(respond::no_content())
}

/// `GET /todos/stats`
async fn todo_stats(app: web::Data<App>) -> Answer<impl Responder> {
    Ok(respond::json(handlers::todo_stats(&app).await?))
}

/// `GET /todos/{id}`
async fn get_todo(
    app: web::Data<App>,
    BaseUrl(base): BaseUrl,
    id: web::Path<TodoId>,
    Head(conditions): Head<Conditions>,
) -> Answer<impl Responder> {
    Ok(respond::fetched(handlers::get_todo(&app, &base, *id, &conditions).await?))
}

/// `PATCH /todos/{id}`
async fn update_todo(
    app: web::Data<App>,
    BaseUrl(base): BaseUrl,
    id: web::Path<TodoId>,
    Head(conditions): Head<Conditions>,
    Json(draft): Json<TodoDraft>,
) -> Answer<impl Responder> {
    Ok(respond::tagged(handlers::update_todo(&app, &base, *id, &conditions, &draft).await?))
}

/// `DELETE /todos/{id}`
async fn delete_todo(
    app: web::Data<App>,
    id: web::Path<TodoId>,
    Head(conditions): Head<Conditions>,
) -> Answer<impl Responder> {
    handlers::delete_todo(&app, *id, &conditions).await?;
    Ok(respond::no_content())
}

/// `GET /files`
async fn list_files(app: web::Data<App>) -> Answer<impl Responder> {
    Ok(respond::json(handlers::list_files(&app).await?))
}

/// `PUT /files/{*path}`
async fn put_file(
    app: web::Data<App>,
    FilePath(path): FilePath,
    Head(conditions): Head<Conditions>,
    Head(Whole): Head<Whole>,
    chunks: Chunks,
) -> Answer<impl Responder> {
    Ok(respond::put(handlers::put_file(&app, path, conditions, chunks).await?))
}

/// `GET /files/{*path}`
async fn get_file(
    app: web::Data<App>,
    FilePath(path): FilePath,
    Head(conditions): Head<Conditions>,
    Head(selection): Head<Selection>,
) -> Answer<impl Responder> {
    Ok(respond::download(handlers::get_file(&app, &path, &conditions, &selection).await?))
}

/// `DELETE /files/{*path}`
async fn delete_file(
    app: web::Data<App>,
    FilePath(path): FilePath,
    Head(conditions): Head<Conditions>,
) -> Answer<impl Responder> {
    handlers::delete_file(&app, path, conditions).await?;
    Ok(respond::no_content())
}

/// `GET /events`
async fn events(
    app: web::Data<App>,
    Head(last): Head<LastEventId>,
    query: web::Query<EventsQuery>,
) -> Answer<impl Responder> {
    let events = handlers::events(&app, last, &query).await?;
    Ok(respond::events(events, app.config.limits.heartbeat))
}

/// `GET /ws`
async fn socket(app: web::Data<App>, Upgrade(response, socket): Upgrade) -> impl Responder {
    rt::spawn(async move {
        let (incoming, outgoing) = socket.split();
        handlers::socket(&app, incoming, outgoing).await;
    });
    response
}

/// `GET /delay/{ms}`
async fn delay(delay: web::Path<Delay>) -> impl Responder {
    handlers::delay(*delay).await
}

/// `GET /resolve/{network}`
async fn resolve(
    app: web::Data<App>,
    network: web::Path<Network>,
    query: web::Query<ResolveQuery>,
) -> Answer<impl Responder> {
    Ok(respond::json(handlers::resolve(&app, *network, &query).await?))
}

/// `GET /members`
async fn members(app: web::Data<App>) -> impl Responder {
    respond::json(handlers::members(&app).await)
}

/// `GET /relay`
async fn relay(
    app: web::Data<App>,
    passage: web::ReqData<Passage>,
    id: web::ReqData<RequestId>,
) -> Answer<impl Responder> {
    Ok(respond::relayed(handlers::relay(&app, &passage, id.as_str()).await?))
}

/// `GET /livez`
async fn livez() -> impl Responder {
    handlers::livez().await
}

/// `GET /readyz`
async fn readyz(app: web::Data<App>) -> Answer<impl Responder> {
    Ok(handlers::readyz(&app).await?)
}

/// `GET /metrics`
async fn metrics(app: web::Data<App>) -> impl Responder {
    respond::content(media::METRICS, handlers::metrics(&app).await)
}

/// `GET /openapi.json`
async fn openapi() -> impl Responder {
    respond::content(media::JSON, handlers::openapi().await)
}
