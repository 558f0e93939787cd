//! One test over both stores, and what only a file can show.

use super::*;
use crate::domain::{ETag, FromHead, Title};

fn new(title: &str) -> NewTodo {
    NewTodo { title: Title::parse(title).expect("a title"), completed: false, order: None }
}

fn all() -> Filter {
    Filter { completed: None, limit: 1000, offset: 0 }
}

fn if_match(tag: &str) -> Conditions {
    let field = |name: &str| (name == "if-match").then(|| tag.to_owned());
    Conditions::from_head("PUT", field).expect("nothing is refused")
}

fn file(folder: &tempfile::TempDir) -> Location {
    Location::Sqlite(folder.path().join("deep/er/todos.db"))
}

/// The whole life of todos: what every store must do alike.
async fn life(store: Store) {
    let first = store.create(new("one")).await.expect("created");
    let second = store.create(new("two")).await.expect("created");
    assert_eq!((first.id.get(), second.id.get()), (1, 2));
    let patch = TodoPatch { title: None, completed: Some(true), order: Some(Some(-4)) };
    let stale = if_match("\"stale\"");
    assert_eq!(store.update(first.id, &stale, patch.clone()).await.map_err(|e| e.status()), Err(412));
    assert_eq!(store.delete(first.id, &stale).await.map_err(|e| e.status()), Err(412));
    let fresh = if_match(ETag::of(&first).as_str());
    let changed = store.update(first.id, &fresh, patch).await.expect("changed");
    assert_eq!((changed.completed, changed.order), (true, Some(-4)));
    assert_eq!(store.get(first.id).await.ok(), Some(changed.clone()));
    assert_eq!(store.stats().await.ok(), Some(Stats { total: 2, completed: 1 }));
    let done = Filter { completed: Some(true), ..all() };
    assert_eq!(store.list(done).await.ok(), Some(vec![changed]));
    let after_one = Filter { limit: 1, offset: 1, ..all() };
    assert_eq!(store.list(after_one).await.ok(), Some(vec![second.clone()]));
    store.delete(second.id, &Conditions::default()).await.expect("deleted");
    assert_eq!(store.get(second.id).await.map_err(|e| e.status()), Err(404));
    store.clear().await.expect("cleared");
    assert_eq!(store.list(all()).await.ok(), Some(vec![]));
    let third = store.create(new("three")).await.expect("created");
    assert_eq!(third.id.get(), 3, "numbers are never given twice");
    store.ping().await.expect("alive");
}

#[tokio::test]
async fn memory_keeps_todos() {
    life(Store::memory()).await;
}

#[tokio::test]
async fn sqlite_keeps_todos() {
    let folder = tempfile::tempdir().expect("a folder");
    life(Store::open(&file(&folder)).await.expect("opened")).await;
}

#[tokio::test]
async fn a_file_is_shared_and_outlives_its_stores() {
    let folder = tempfile::tempdir().expect("a folder");
    let location = file(&folder);
    let (one, two) = tokio::join!(Store::open(&location), Store::open(&location));
    let (one, two) = (one.expect("opened"), two.expect("opened"));
    let todo = one.create(new("seen by both")).await.expect("created");
    assert_eq!(two.get(todo.id).await.ok(), Some(todo.clone()));
    one.close().await;
    two.close().await;
    let again = Store::open(&file(&folder)).await.expect("opened");
    assert_eq!(again.get(todo.id).await.ok(), Some(todo));
}

#[tokio::test]
async fn an_abandoned_change_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&file(&folder)).await.expect("opened");
    for step in 0..40 {
        let patience = std::time::Duration::from_micros(step * 25);
        // Whether it got through in time is all the same.
        let _ = tokio::time::timeout(patience, store.create(new("abandoned"))).await;
    }
    // The next writer is not kept waiting; it comes behind the last that was abandoned.
    store.create(new("next")).await.expect("the lock is free");
    let kept = store.stats().await.expect("counted").total;
    // Whatever got through is whole: each todo with the news of it, and no news without a todo.
    let mut news = store.listen(LastEventId(Some(0))).await.expect("listening");
    for id in 1..=kept {
        let event = tokio::time::timeout(std::time::Duration::from_secs(10), news.next()).await.expect("an event");
        assert_eq!((event.id, event.name.as_str()), (id, "todo_created"));
    }
    store.create(new("last")).await.expect("the lock is free");
    assert_eq!(store.stats().await.expect("counted").total, kept + 1);
    assert_eq!(news.next().await.id, kept + 1);
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("todos.db");
    for bytes in [b"this is not a database, whatever its name says".repeat(100), sound_then_damaged().await] {
        std::fs::write(&path, &bytes).expect("written");
        let refused = Store::open(&Location::Sqlite(path.clone())).await.err().expect("refused");
        assert!(refused.starts_with("cannot open the database") && !refused.contains('\n'), "{refused}");
        assert_eq!(std::fs::read(&path).expect("read"), bytes, "the file was touched");
    }
}

/// A database whose last page, one of todos, is noise: nothing that is read at the start.
async fn sound_then_damaged() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&file(&folder)).await.expect("opened");
    for _ in 0..100 {
        store.create(new(&"soon lost ".repeat(19))).await.expect("created");
    }
    store.close().await;
    let Location::Sqlite(path) = file(&folder) else { unreachable!("a file") };
    let mut bytes = std::fs::read(path).expect("read");
    let last = bytes.len() - 4096;
    bytes[last..].fill(0xA5);
    bytes
}
