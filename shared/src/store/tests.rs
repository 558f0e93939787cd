//! What only a file can show; what all stores do alike, `conformance` asks of each of them.

use super::*;
use crate::domain::Title;

fn new(title: &str) -> NewTodo {
    NewTodo { title: Title::parse(title).expect("a title"), completed: false, order: None }
}

fn file(folder: &tempfile::TempDir) -> Location {
    Location::Sqlite(folder.path().join("deep/er/todos.db"))
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
