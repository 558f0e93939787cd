//! Todos, and what is known of files, in maps behind a lock that is never held across an await.

use super::{
    Put,
    blobs::Blob,
    feed::{Feed, Listener},
};
use crate::{
    domain::{Change, Conditions, ETag, File, FilePath, Filter, LastEventId, NewTodo, Stats, Todo, TodoId, TodoPatch},
    error::Error,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Default)]
pub(super) struct Memory {
    shelf: Mutex<Shelf>,
    /// Told while the shelf is locked, so that its order is that of the changes.
    feed: Arc<Feed>,
}

#[derive(Default)]
struct Shelf {
    last: i64,
    todos: BTreeMap<TodoId, Todo>,
    /// Each with the name of its blob.
    files: BTreeMap<FilePath, (File, String)>,
}

impl Memory {
    /// Nothing panics while the lock is held, so a poisoned one is still sound.
    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn list(&self, filter: Filter) -> Result<Vec<Todo>, Error> {
        let offset = usize::try_from(filter.offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let shelf = self.lock();
        let wanted = shelf.todos.values().filter(|todo| filter.wants(todo));
        Ok(wanted.skip(offset).take(limit).cloned().collect())
    }

    pub fn create(&self, new: NewTodo) -> Result<Todo, Error> {
        let mut shelf = self.lock();
        shelf.last += 1;
        let id = TodoId(shelf.last);
        let todo = Todo { id, title: new.title, completed: new.completed, order: new.order };
        shelf.todos.insert(id, todo.clone());
        self.feed.tell(Change::TodoCreated(&todo));
        Ok(todo)
    }

    pub fn clear(&self) -> Result<(), Error> {
        let mut shelf = self.lock();
        if !shelf.todos.is_empty() {
            shelf.todos.clear();
            self.feed.tell(Change::TodosCleared);
        }
        Ok(())
    }

    pub fn stats(&self) -> Result<Stats, Error> {
        let shelf = self.lock();
        let completed = shelf.todos.values().filter(|todo| todo.completed).count();
        Ok(Stats { total: count(shelf.todos.len()), completed: count(completed) })
    }

    pub fn get(&self, id: TodoId) -> Result<Todo, Error> {
        self.lock().todos.get(&id).cloned().ok_or(Error::NotFound)
    }

    pub fn update(&self, id: TodoId, conditions: &Conditions, patch: TodoPatch) -> Result<Todo, Error> {
        let mut shelf = self.lock();
        let todo = shelf.todos.get_mut(&id).ok_or(Error::NotFound)?;
        conditions.allow_change(Some((&ETag::of(todo)).into()))?;
        *todo = patch.apply(todo.clone());
        self.feed.tell(Change::TodoUpdated(todo));
        Ok(todo.clone())
    }

    pub fn delete(&self, id: TodoId, conditions: &Conditions) -> Result<(), Error> {
        let mut shelf = self.lock();
        let todo = shelf.todos.get(&id).ok_or(Error::NotFound)?;
        conditions.allow_change(Some((&ETag::of(todo)).into()))?;
        shelf.todos.remove(&id);
        self.feed.tell(Change::TodoDeleted(id));
        Ok(())
    }

    pub fn files(&self) -> Result<Vec<File>, Error> {
        Ok(self.lock().files.values().map(|(file, _)| file.clone()).collect())
    }

    pub fn file(&self, path: &FilePath) -> Result<(File, String), Error> {
        self.lock().files.get(path).cloned().ok_or(Error::NotFound)
    }

    pub fn put_file(&self, path: &FilePath, blob: &Blob, conditions: &Conditions) -> Result<Put, Error> {
        let mut shelf = self.lock();
        let old = shelf.files.get(path);
        conditions.allow_file(old.map(|(file, _)| file))?;
        let left = old.map(|(_, blob)| blob.clone());
        let file = blob.named(path);
        shelf.files.insert(path.clone(), (file.clone(), blob.name.clone()));
        self.feed.tell(if left.is_some() { Change::FileReplaced(&file) } else { Change::FileCreated(&file) });
        Ok(Put { file, created: left.is_none(), left })
    }

    /// The name of the blob that no row names any more.
    pub fn delete_file(&self, path: &FilePath, conditions: &Conditions) -> Result<Option<String>, Error> {
        let mut shelf = self.lock();
        let (file, blob) = shelf.files.get(path).ok_or(Error::NotFound)?;
        conditions.allow_file(Some(file))?;
        let blob = blob.clone();
        shelf.files.remove(path);
        self.feed.tell(Change::FileDeleted(path));
        Ok(Some(blob))
    }

    pub fn listen(&self, last: LastEventId) -> Result<Listener, Error> {
        Ok(super::listener(&self.feed, self.feed.newest(), last, ()))
    }

    pub fn ping(&self) -> Result<(), Error> {
        Ok(())
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
