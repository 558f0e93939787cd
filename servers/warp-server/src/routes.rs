//! Which request goes to which handler: one expression of filters.
//!
//! A route is a path, a method, what the function needs, and the function; `or` puts the routes in a
//! row ([routing](https://docs.rs/warp/0.4/warp/filters/path/index.html#routing)). Only a path or a
//! method rejects, and behind the routes stands every path once more, for all other methods: what is
//! rejected by all of them has an unknown path, and
//! [`recover`](https://docs.rs/warp/0.4/warp/trait.Filter.html#method.recover) has one thing to say.

use crate::{
    extract::{
        self, Extracted, Path, accept, base_url, body, chunks, file_path, head, json_body, query, request_id, upgrade,
        with_app,
    },
    middleware::{breaker, rate_limit},
    respond::{self, Failure},
};
use bytes::Buf;
use futures_util::Stream;
use shared::{
    App, Error,
    contract::media,
    domain::{
        BaseUrl, Conditions, Delay, EventsQuery, FilePath, ItemCount, ItemsQuery, LastEventId, ListQuery, Network,
        ResolveQuery, Selection, SumQuery, TodoDraft, TodoId, Whole,
    },
    handlers,
    relay::Passage,
};
use std::convert::Infallible;
use warp::{Filter, Rejection, Reply, delete, patch, path, path::FullPath, post, put, reject, ws::Ws};

type Answer<T> = Result<T, Failure>;

// `path!` takes the type of a parameter as one word.
type Count = Path<ItemCount>;
type Id = Path<TodoId>;
type Net = Path<Network>;
type Wait = Path<Delay>;

/// The table.
///
/// Each group is [`boxed`](https://docs.rs/warp/0.4/warp/trait.Filter.html#method.boxed): `or` clones what it may have to
/// try next, for every request, and its future has room for both; behind a box, the one is a reference and the other a
/// pointer.
pub fn filter(app: &App) -> impl Filter<Extract = (impl Reply + use<>,), Error = Infallible> + Clone + use<> {
    let home = path::end().and(get()).and(with_app(app)).and(accept()).then(home);

    let plaintext = path!("plaintext").and(get()).then(plaintext);
    let json = path!("json").and(get()).then(json);
    let sum_query = path!("baseline11").and(get()).and(query()).then(sum_query);
    let sum_body = path!("baseline11").and(post()).and(query()).and(body()).then(sum_body);
    let items = path!("json" / Count).and(get()).and(query()).then(items);
    let upload = path!("upload").and(post()).and(chunks()).then(upload);
    let bench = plaintext.or(json).or(sum_query).or(sum_body).or(items).or(upload).boxed();

    let list_todos = path!("todos").and(get()).and(with_app(app)).and(base_url(app)).and(query()).then(list_todos);
    let create_todo =
        path!("todos").and(post()).and(with_app(app)).and(base_url(app)).and(json_body()).then(create_todo);
    let clear_todos = path!("todos").and(delete()).and(with_app(app)).then(clear_todos);
    let todo_stats = path!("todos" / "stats").and(get()).and(with_app(app)).then(todo_stats);
    // The first that fits wins: what is no route of `stats` must not become one of an id.
    let todo_stats = todo_stats.or(path!("todos" / "stats").map(|| respond::not_allowed("GET")));
    let todo = path!("todos" / Id).and(with_app(app));
    let get_todo = todo.clone().and(get()).and(base_url(app)).and(head()).then(get_todo);
    let update_todo = todo.clone().and(patch()).and(base_url(app)).and(head()).and(json_body()).then(update_todo);
    let delete_todo = todo.and(delete()).and(head()).then(delete_todo);
    let todos = list_todos.or(create_todo).or(clear_todos).or(todo_stats).or(get_todo).or(update_todo).or(delete_todo);
    let todos = todos.boxed();

    let list_files = path!("files").and(get()).and(with_app(app)).then(list_files);
    let file = path("files").and(file_path()).and(with_app(app));
    let put_file = file.clone().and(put()).and(head()).and(head()).and(chunks()).then(put_file);
    let get_file = file.clone().and(get()).and(head()).and(head()).then(get_file);
    let delete_file = file.and(delete()).and(head()).then(delete_file);
    // A slash at the end of a file's path is for the path itself to judge.
    let files = put_file.or(get_file).or(delete_file).or(known_file()).boxed();

    let events = path!("events").and(get()).and(with_app(app)).and(head()).and(query()).then(events);
    let socket = path!("ws").and(get()).and(with_app(app)).and(upgrade(app)).then(socket);
    let delay = path!("delay" / Wait).and(get()).then(delay);
    let live = events.or(socket).or(delay).boxed();

    let resolve = path!("resolve" / Net).and(get()).and(with_app(app)).and(query()).then(resolve);
    let members = path!("members").and(get()).and(with_app(app)).then(members);
    let relay = path!("relay").and(get()).and(with_app(app));
    let relay = relay.and(rate_limit(app).map(breaker(app))).and(request_id()).then(self::relay);
    let network = resolve.or(members).or(relay).boxed();

    let livez = path!("livez").and(get()).then(livez);
    let readyz = path!("readyz").and(get()).and(with_app(app)).then(readyz);
    let metrics = path!("metrics").and(get()).and(with_app(app)).then(metrics);
    let openapi = path!("openapi.json").and(get()).then(openapi);
    let ops = livez.or(readyz).or(metrics).or(openapi).boxed();

    let exact = home.or(bench).or(todos).or(list_files).or(live).or(network).or(ops).or(known_path());
    exact_path().and(exact).or(files).recover(not_found)
}

/// The paths of the table again: a request that comes this far with one of them has another method.
fn known_path() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Copy {
    let only_get = || respond::not_allowed("GET");
    let front = path::end().map(only_get);
    let sum = path!("baseline11").map(|| respond::not_allowed("GET, POST"));
    let items = path!("json" / Count).map(|_| respond::not_allowed("GET"));
    let upload = path!("upload").map(|| respond::not_allowed("POST"));
    let bench = path!("plaintext").or(path!("json")).unify().map(only_get).or(sum).or(items).or(upload);
    let live = path!("files").or(path!("events")).unify().or(path!("ws")).unify().map(only_get);
    let live = live.or(path!("delay" / Wait).map(|_| respond::not_allowed("GET")));
    let network = path!("resolve" / Net)
        .map(|_| respond::not_allowed("GET"))
        .or(path!("members").or(path!("relay")).unify().map(only_get));
    let todo = path!("todos" / Id).map(|_| respond::not_allowed("DELETE, GET, PATCH"));
    let todos = path!("todos").map(|| respond::not_allowed("DELETE, GET, POST")).or(todo);
    let ops = path!("livez").or(path!("readyz")).unify().or(path!("metrics")).unify().or(path!("openapi.json")).unify();
    front.or(bench).or(todos).or(live).or(network).or(ops.map(only_get))
}

/// The same for the paths of files.
fn known_file() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Copy {
    path("files").and(file_path()).map(|_| respond::not_allowed("DELETE, GET, PUT"))
}

/// GET, and HEAD beside it ([warp#882](https://github.com/seanmonstar/warp/issues/882)): hyper keeps
/// the head of the answer and leaves the body out.
fn get() -> impl Filter<Extract = (), Error = Rejection> + Copy {
    warp::get().or(warp::head()).unify()
}

/// A path with a slash behind it is another path; `path::end` does not see that slash
/// ([warp#584](https://github.com/seanmonstar/warp/issues/584)).
fn exact_path() -> impl Filter<Extract = (), Error = Rejection> + Copy {
    let exact = |path: &str| path == "/" || !path.ends_with('/');
    let check = move |path: FullPath| async move { exact(path.as_str()).then_some(()).ok_or_else(reject::not_found) };
    path::full().and_then(check).untuple_one()
}

/// What no route took. That it is anything but an unknown path would be a mistake in the table.
async fn not_found(rejection: Rejection) -> Result<impl Reply, Infallible> {
    if rejection.is_not_found() {
        return Ok(Failure::from(Error::NotFound));
    }
    Ok(Failure::from(Error::internal(format!("{rejection:?}"))))
}

/// `GET /`
async fn home(app: App, accept: Option<String>) -> Answer<impl Reply> {
    Ok(respond::home(handlers::home(&app, accept.as_deref()).await?))
}

/// `GET /plaintext`
async fn plaintext() -> impl Reply {
    handlers::plaintext().await
}

/// `GET /json`
async fn json() -> impl Reply {
    respond::json(handlers::json().await)
}

/// `GET /baseline11`
async fn sum_query(query: Extracted<SumQuery>) -> Answer<impl Reply> {
    Ok(handlers::sum_query(&query?).await?)
}

/// `POST /baseline11`
async fn sum_body(query: Extracted<SumQuery>, body: impl Future<Output = Extracted<Vec<u8>>>) -> Answer<impl Reply> {
    Ok(handlers::sum_body(&query?, &body.await?).await?)
}

/// `GET /json/{count}`
async fn items(Path(count): Count, query: Extracted<ItemsQuery>) -> Answer<impl Reply> {
    Ok(respond::json(handlers::items(count?, &query?).await?))
}

/// `POST /upload`
async fn upload(chunks: impl Stream<Item = Result<impl Buf, Error>>) -> Answer<impl Reply> {
    Ok(handlers::upload(chunks).await?)
}

/// `GET /todos`
async fn list_todos(app: App, base: BaseUrl, query: Extracted<ListQuery>) -> Answer<impl Reply> {
    Ok(respond::json(handlers::list_todos(&app, &base, &query?).await?))
}

/// `POST /todos`
async fn create_todo(app: App, base: BaseUrl, draft: impl Future<Output = Extracted<TodoDraft>>) -> Answer<impl Reply> {
    Ok(respond::created(handlers::create_todo(&app, &base, &draft.await?).await?))
}

/// `DELETE /todos`
async fn clear_todos(app: App) -> Answer<impl Reply> {
    handlers::clear_todos(&app).await?;
    Ok(respond::no_content())
}

/// `GET /todos/stats`
async fn todo_stats(app: App) -> Answer<impl Reply> {
    Ok(respond::json(handlers::todo_stats(&app).await?))
}

/// `GET /todos/{id}`
async fn get_todo(Path(id): Id, app: App, base: BaseUrl, conditions: Extracted<Conditions>) -> Answer<impl Reply> {
    Ok(respond::fetched(handlers::get_todo(&app, &base, id?, &conditions?).await?))
}

/// `PATCH /todos/{id}`
async fn update_todo(
    Path(id): Id,
    app: App,
    base: BaseUrl,
    conditions: Extracted<Conditions>,
    draft: impl Future<Output = Extracted<TodoDraft>>,
) -> Answer<impl Reply> {
    Ok(respond::tagged(handlers::update_todo(&app, &base, id?, &conditions?, &draft.await?).await?))
}

/// `DELETE /todos/{id}`
async fn delete_todo(Path(id): Id, app: App, conditions: Extracted<Conditions>) -> Answer<impl Reply> {
    handlers::delete_todo(&app, id?, &conditions?).await?;
    Ok(respond::no_content())
}

/// `GET /files`
async fn list_files(app: App) -> Answer<impl Reply> {
    Ok(respond::json(handlers::list_files(&app).await?))
}

/// `PUT /files/{*path}`
async fn put_file(
    path: Extracted<FilePath>,
    app: App,
    conditions: Extracted<Conditions>,
    whole: Extracted<Whole>,
    chunks: impl Stream<Item = Result<impl Buf + Send, Error>> + Send,
) -> Answer<impl Reply> {
    let (path, conditions, Whole) = (path?, conditions?, whole?);
    Ok(respond::put(handlers::put_file(&app, path, conditions, chunks).await?))
}

/// `GET /files/{*path}`
async fn get_file(
    path: Extracted<FilePath>,
    app: App,
    conditions: Extracted<Conditions>,
    selection: Extracted<Selection>,
) -> Answer<impl Reply> {
    Ok(respond::download(handlers::get_file(&app, &path?, &conditions?, &selection?).await?))
}

/// `DELETE /files/{*path}`
async fn delete_file(path: Extracted<FilePath>, app: App, conditions: Extracted<Conditions>) -> Answer<impl Reply> {
    handlers::delete_file(&app, path?, conditions?).await?;
    Ok(respond::no_content())
}

/// `GET /events`
async fn events(app: App, last: Extracted<LastEventId>, query: Extracted<EventsQuery>) -> Answer<impl Reply> {
    let events = handlers::events(&app, last?, &query?).await?;
    Ok(respond::events(events, app.config.limits.heartbeat))
}

/// `GET /ws`
async fn socket(app: App, upgrade: Extracted<Ws>) -> Answer<impl Reply> {
    Ok(upgrade?.on_upgrade(async move |socket| {
        let (incoming, outgoing) = extract::messages(socket);
        handlers::socket(&app, incoming, outgoing).await;
    }))
}

/// `GET /delay/{ms}`
async fn delay(Path(delay): Wait) -> Answer<impl Reply> {
    Ok(handlers::delay(delay?).await)
}

/// `GET /resolve/{network}`
async fn resolve(Path(network): Net, app: App, query: Extracted<ResolveQuery>) -> Answer<impl Reply> {
    Ok(respond::json(handlers::resolve(&app, network?, &query?).await?))
}

/// `GET /members`
async fn members(app: App) -> impl Reply {
    respond::json(handlers::members(&app).await)
}

/// `GET /relay`
async fn relay(app: App, passage: Extracted<Passage>, id: String) -> Answer<impl Reply> {
    Ok(respond::relayed(handlers::relay(&app, &passage?, &id).await?))
}

/// `GET /livez`
async fn livez() -> impl Reply {
    handlers::livez().await
}

/// `GET /readyz`
async fn readyz(app: App) -> Answer<impl Reply> {
    Ok(handlers::readyz(&app).await?)
}

/// `GET /metrics`
async fn metrics(app: App) -> impl Reply {
    respond::content(media::METRICS, handlers::metrics(&app).await)
}

/// `GET /openapi.json`
async fn openapi() -> impl Reply {
    respond::content(media::JSON, handlers::openapi().await)
}
