//! Todos.

use crate::{
    app::App,
    domain::{
        BaseUrl, Conditions, ETag, Filter, ListQuery, NewTodo, Stats, TodoBody, TodoDraft, TodoId, TodoPatch, Verdict,
    },
    error::Error,
};

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
