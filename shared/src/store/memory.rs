//! Todos in a map behind a lock that is never held across an await.

use crate::{
    domain::{Conditions, ETag, Filter, NewTodo, Stats, Todo, TodoId, TodoPatch},
    error::Error,
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

#[derive(Default)]
pub(super) struct Memory(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    last: i64,
    todos: BTreeMap<TodoId, Todo>,
}

impl Memory {
    /// Nothing panics while the lock is held, so a poisoned one is still sound.
    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        Ok(todo)
    }

    pub fn clear(&self) -> Result<(), Error> {
        self.lock().todos.clear();
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
        conditions.allow_change(&ETag::of(todo))?;
        *todo = patch.apply(todo.clone());
        Ok(todo.clone())
    }

    pub fn delete(&self, id: TodoId, conditions: &Conditions) -> Result<(), Error> {
        let mut shelf = self.lock();
        let todo = shelf.todos.get(&id).ok_or(Error::NotFound)?;
        conditions.allow_change(&ETag::of(todo))?;
        shelf.todos.remove(&id);
        Ok(())
    }

    pub fn ping(&self) -> Result<(), Error> {
        Ok(())
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
