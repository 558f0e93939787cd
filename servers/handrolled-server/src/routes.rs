//! Which request goes to which handler: a tree.
//!
//! The paths are inserted into [`handrolled_router`], once, and every leaf holds the methods of its
//! path. One look-up walks the segments of the path, not the rows of a table, and answers three
//! questions: which handler, else which `Allow`, else 404.

use handrolled_router::{Builder, Conflict, Params, Router};
use http::Method;
use hyper_server::{
    extract::{self, Request},
    middleware::{breaker, rate_limit},
    respond::{self, Answer, AnswerFuture, Failure},
};
use shared::{App, Error, contract::media, domain::Whole, handlers};
use std::future::ready;

/// A glue function, as a leaf keeps it.
type Handler = fn(Call) -> AnswerFuture;

/// What a leaf holds: the methods of its path.
pub type Methods = &'static [(&'static str, Handler)];

/// The tree.
///
/// # Errors
/// When two of the paths below would match the same request.
pub fn router() -> Result<Router<Methods>, Conflict> {
    let mut routes = Builder::<Methods>::new();
    routes.insert("/", &[("GET", |call| Box::pin(home(call)))])?;
    routes.insert("/plaintext", &[("GET", |call| Box::pin(plaintext(call)))])?;
    routes.insert("/json", &[("GET", |call| Box::pin(json(call)))])?;
    routes.insert(
        "/baseline11",
        &[("GET", |call| Box::pin(sum_query(call))), ("POST", |call| Box::pin(sum_body(call)))],
    )?;
    routes.insert("/json/{count}", &[("GET", |call| Box::pin(items(call)))])?;
    routes.insert("/upload", &[("POST", |call| Box::pin(upload(call)))])?;
    routes.insert(
        "/todos",
        &[
            ("GET", |call| Box::pin(list_todos(call))),
            ("POST", |call| Box::pin(create_todo(call))),
            ("DELETE", |call| Box::pin(clear_todos(call))),
        ],
    )?;
    routes.insert("/todos/stats", &[("GET", |call| Box::pin(todo_stats(call)))])?;
    routes.insert(
        "/todos/{id}",
        &[
            ("GET", |call| Box::pin(get_todo(call))),
            ("PATCH", |call| Box::pin(update_todo(call))),
            ("DELETE", |call| Box::pin(delete_todo(call))),
        ],
    )?;
    routes.insert("/files", &[("GET", |call| Box::pin(list_files(call)))])?;
    routes.insert(
        "/files/{*path}",
        &[
            ("PUT", |call| Box::pin(put_file(call))),
            ("GET", |call| Box::pin(get_file(call))),
            ("DELETE", |call| Box::pin(delete_file(call))),
        ],
    )?;
    routes.insert("/events", &[("GET", |call| Box::pin(events(call)))])?;
    routes.insert("/ws", &[("GET", |call| Box::pin(socket(call)))])?;
    routes.insert("/delay/{ms}", &[("GET", |call| Box::pin(delay(call)))])?;
    routes.insert("/resolve/{network}", &[("GET", |call| Box::pin(resolve(call)))])?;
    routes.insert("/members", &[("GET", |call| Box::pin(members(call)))])?;
    routes.insert("/relay", &[("GET", |call| Box::pin(gated(call, relay)))])?;
    routes.insert("/livez", &[("GET", |call| Box::pin(livez(call)))])?;
    routes.insert("/readyz", &[("GET", |call| Box::pin(readyz(call)))])?;
    routes.insert("/metrics", &[("GET", |call| Box::pin(metrics(call)))])?;
    routes.insert("/openapi.json", &[("GET", |call| Box::pin(openapi(call)))])?;
    Ok(routes.build())
}

/// What a handler is called with.
pub struct Call {
    app: App,
    request: Request,
    params: Params,
}

impl Call {
    /// The segment that the parameter of the path stands for, still encoded.
    fn parameter(&self) -> &str {
        self.params.get(0, self.request.uri().path()).unwrap_or_default()
    }
}

/// Finds the handler of a request and calls it.
pub fn route(router: &Router<Methods>, app: App, request: Request) -> AnswerFuture {
    let Some(found) = router.find(request.uri().path()) else {
        return Box::pin(ready(Err(Failure::from(Error::NotFound))));
    };
    // What answers GET answers HEAD too: hyper keeps the head and leaves the body out.
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    match found.value.iter().find(|(name, _)| *name == method.as_str()) {
        Some((_, handler)) => handler(Call { app, request, params: found.params }),
        None => Box::pin(ready(respond::not_allowed(
            &found.value.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "),
        ))),
    }
}

/// Puts the gates of a route that asks siblings around a handler: a function of a function is one too.
async fn gated<F>(Call { app, request, params }: Call, handler: fn(Call) -> F) -> Answer
where
    F: Future<Output = Answer>,
{
    let handler = |request| handler(Call { app: app.clone(), request, params });
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
    fn the_tree_has_no_conflict() {
        let tree = router().expect("no conflict").to_string();
        assert!(tree.contains("/todos *\n  /stats *\n  /{id} *\n"), "{tree}");
    }
}
