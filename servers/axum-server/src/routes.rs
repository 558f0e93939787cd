//! Which request goes to which handler: a value of type [`Router`].
//!
//! `route` takes a path and a [`MethodRouter`](axum::routing::MethodRouter), which is made by
//! chaining methods. The router looks the path up first and the method at the leaf, so it knows
//! `Allow` by itself; `get` answers HEAD too; a static segment beats a parameter, in whatever order
//! they are added ([routing](https://docs.rs/axum/0.8/axum/struct.Router.html#method.route)). What
//! wraps one route only is a layer of its `MethodRouter`, the last added outermost.

use crate::{
    extract::{self, Accept, BaseUrl, Body, Chunks, Extension, FilePath, Head, Json, Path, Query, Upgrade},
    middleware,
    respond::{self, Failure},
};
use axum::{
    Router,
    extract::State,
    middleware::from_fn_with_state,
    response::IntoResponse,
    routing::{get, post, put},
};
use layers::RequestId;
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

type Answer<T> = Result<T, Failure>;

/// The table.
pub fn router(app: &App) -> Router<App> {
    let rate_limit = from_fn_with_state(app.clone(), middleware::rate_limit);
    let breaker = from_fn_with_state(app.clone(), middleware::breaker);
    Router::new()
        .route("/", get(home))
        .route("/plaintext", get(plaintext))
        .route("/json", get(json))
        .route("/baseline11", get(sum_query).post(sum_body))
        .route("/json/{count}", get(items))
        .route("/upload", post(upload))
        .route("/todos", get(list_todos).post(create_todo).delete(clear_todos))
        .route("/todos/stats", get(todo_stats))
        .route("/todos/{id}", get(get_todo).patch(update_todo).delete(delete_todo))
        .route("/files", get(list_files))
        .route("/files/{*path}", put(put_file).get(get_file).delete(delete_file))
        .route("/events", get(events))
        .route("/ws", get(socket))
        .route("/delay/{ms}", get(delay))
        .route("/resolve/{network}", get(resolve))
        .route("/members", get(members))
        .route("/relay", get(relay).route_layer(breaker).route_layer(rate_limit))
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/openapi.json", get(openapi))
        .fallback(async || Failure::from(Error::NotFound))
        .method_not_allowed_fallback(async || Failure::from(Error::MethodNotAllowed))
}

/// `GET /`
async fn home(State(app): State<App>, Accept(accept): Accept) -> Answer<impl IntoResponse> {
    Ok(respond::home(handlers::home(&app, accept.as_deref()).await?))
}

/// `GET /plaintext`
async fn plaintext() -> impl IntoResponse {
    handlers::plaintext().await
}

/// `GET /json`
async fn json() -> impl IntoResponse {
    respond::json(handlers::json().await)
}

/// `GET /baseline11`
async fn sum_query(Query(query): Query<SumQuery>) -> Answer<impl IntoResponse> {
    Ok(handlers::sum_query(&query).await?)
}

/// `POST /baseline11`
async fn sum_body(Query(query): Query<SumQuery>, Body(body): Body) -> Answer<impl IntoResponse> {
    Ok(handlers::sum_body(&query, &body).await?)
}

/// `GET /json/{count}`
async fn items(Path(count): Path<ItemCount>, Query(query): Query<ItemsQuery>) -> Answer<impl IntoResponse> {
    Ok(respond::json(handlers::items(count, &query).await?))
}

/// `POST /upload`
async fn upload(Chunks(chunks): Chunks) -> Answer<impl IntoResponse> {
    Ok(handlers::upload(chunks).await?)
}

/// `GET /todos`
async fn list_todos(
    State(app): State<App>,
    BaseUrl(base): BaseUrl,
    Query(query): Query<ListQuery>,
) -> Answer<impl IntoResponse> {
    Ok(respond::json(handlers::list_todos(&app, &base, &query).await?))
}

/// `POST /todos`
async fn create_todo(
    State(app): State<App>,
    BaseUrl(base): BaseUrl,
    Json(draft): Json<TodoDraft>,
) -> Answer<impl IntoResponse> {
    Ok(respond::created(handlers::create_todo(&app, &base, &draft).await?))
}

/// `DELETE /todos`
async fn clear_todos(State(app): State<App>) -> Answer<impl IntoResponse> {
    handlers::clear_todos(&app).await?;
    Ok(respond::no_content())
}

/// `GET /todos/stats`
async fn todo_stats(State(app): State<App>) -> Answer<impl IntoResponse> {
    Ok(respond::json(handlers::todo_stats(&app).await?))
}

/// `GET /todos/{id}`
async fn get_todo(
    State(app): State<App>,
    BaseUrl(base): BaseUrl,
    Path(id): Path<TodoId>,
    Head(conditions): Head<Conditions>,
) -> Answer<impl IntoResponse> {
    Ok(respond::fetched(handlers::get_todo(&app, &base, id, &conditions).await?))
}

/// `PATCH /todos/{id}`
async fn update_todo(
    State(app): State<App>,
    BaseUrl(base): BaseUrl,
    Path(id): Path<TodoId>,
    Head(conditions): Head<Conditions>,
    Json(draft): Json<TodoDraft>,
) -> Answer<impl IntoResponse> {
    Ok(respond::tagged(handlers::update_todo(&app, &base, id, &conditions, &draft).await?))
}

/// `DELETE /todos/{id}`
async fn delete_todo(
    State(app): State<App>,
    Path(id): Path<TodoId>,
    Head(conditions): Head<Conditions>,
) -> Answer<impl IntoResponse> {
    handlers::delete_todo(&app, id, &conditions).await?;
    Ok(respond::no_content())
}

/// `GET /files`
async fn list_files(State(app): State<App>) -> Answer<impl IntoResponse> {
    Ok(respond::json(handlers::list_files(&app).await?))
}

/// `PUT /files/{*path}`
async fn put_file(
    State(app): State<App>,
    FilePath(path): FilePath,
    Head(conditions): Head<Conditions>,
    Head(Whole): Head<Whole>,
    Chunks(chunks): Chunks,
) -> Answer<impl IntoResponse> {
    Ok(respond::put(handlers::put_file(&app, path, conditions, chunks).await?))
}

/// `GET /files/{*path}`
async fn get_file(
    State(app): State<App>,
    FilePath(path): FilePath,
    Head(conditions): Head<Conditions>,
    Head(selection): Head<Selection>,
) -> Answer<impl IntoResponse> {
    Ok(respond::download(handlers::get_file(&app, &path, &conditions, &selection).await?))
}

/// `DELETE /files/{*path}`
async fn delete_file(
    State(app): State<App>,
    FilePath(path): FilePath,
    Head(conditions): Head<Conditions>,
) -> Answer<impl IntoResponse> {
    handlers::delete_file(&app, path, conditions).await?;
    Ok(respond::no_content())
}

/// `GET /events`
async fn events(
    State(app): State<App>,
    Head(last): Head<LastEventId>,
    Query(query): Query<EventsQuery>,
) -> Answer<impl IntoResponse> {
    let events = handlers::events(&app, last, &query).await?;
    Ok(respond::events(events, app.config.limits.heartbeat))
}

/// `GET /ws`
async fn socket(State(app): State<App>, Upgrade(upgrade): Upgrade) -> impl IntoResponse {
    upgrade.on_upgrade(async move |socket| {
        let (incoming, outgoing) = extract::messages(socket);
        handlers::socket(&app, incoming, outgoing).await;
    })
}

/// `GET /delay/{ms}`
async fn delay(Path(delay): Path<Delay>) -> impl IntoResponse {
    handlers::delay(delay).await
}

/// `GET /resolve/{network}`
async fn resolve(
    State(app): State<App>,
    Path(network): Path<Network>,
    Query(query): Query<ResolveQuery>,
) -> Answer<impl IntoResponse> {
    Ok(respond::json(handlers::resolve(&app, network, &query).await?))
}

/// `GET /members`
async fn members(State(app): State<App>) -> impl IntoResponse {
    respond::json(handlers::members(&app).await)
}

/// `GET /relay`
async fn relay(
    State(app): State<App>,
    Extension(passage): Extension<Passage>,
    Extension(id): Extension<RequestId>,
) -> Answer<impl IntoResponse> {
    Ok(respond::relayed(handlers::relay(&app, &passage, id.as_str()).await?))
}

/// `GET /livez`
async fn livez() -> impl IntoResponse {
    handlers::livez().await
}

/// `GET /readyz`
async fn readyz(State(app): State<App>) -> Answer<impl IntoResponse> {
    Ok(handlers::readyz(&app).await?)
}

/// `GET /metrics`
async fn metrics(State(app): State<App>) -> impl IntoResponse {
    respond::content(media::METRICS, handlers::metrics(&app).await)
}

/// `GET /openapi.json`
async fn openapi() -> impl IntoResponse {
    respond::content(media::JSON, handlers::openapi().await)
}
