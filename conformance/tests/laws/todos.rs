//! Todos: their life, races, what is given up half-way, and the news of it all.

use super::{Pair, Verdict, all, condition, new, same, status, told};
use shared::{
    domain::{Conditions, ETag, Event, Filter, LastEventId, Stats, TodoPatch},
    store::{Listener, Store},
};
use std::{collections::BTreeMap, time::Duration};
use tokio::{task::JoinSet, time::timeout};

/// How long an event may take on a machine that is busy.
const SOON: Duration = Duration::from_secs(20);

fn completed() -> TodoPatch {
    TodoPatch { title: None, completed: Some(true), order: Some(Some(-4)) }
}

/// From the first to the last.
pub async fn life(Pair { one: store, .. }: Pair) -> Verdict {
    let first = store.create(new("one")).await.map_err(told)?;
    let second = store.create(new("two")).await.map_err(told)?;
    same("numbers", (first.id.get(), second.id.get()), (1, 2))?;
    let stale = condition("if-match", "\"stale\"");
    same("a stale tag", status(store.update(first.id, &stale, completed()).await), 412)?;
    same("a stale tag", status(store.delete(first.id, &stale).await), 412)?;
    let fresh = condition("if-match", ETag::of(&first).as_str());
    let changed = store.update(first.id, &fresh, completed()).await.map_err(told)?;
    same("what was changed", (changed.completed, changed.order), (true, Some(-4)))?;
    same("one", store.get(first.id).await.ok(), Some(changed.clone()))?;
    same("counts", store.stats().await.ok(), Some(Stats { total: 2, completed: 1 }))?;
    let done = Filter { completed: Some(true), ..all() };
    same("those done", store.list(done).await.ok(), Some(vec![changed]))?;
    let after_one = Filter { limit: 1, offset: 1, ..all() };
    same("a page", store.list(after_one).await.ok(), Some(vec![second.clone()]))?;
    let beyond = Filter { offset: i64::MAX, ..all() };
    same("a page beyond", store.list(beyond).await.ok(), Some(vec![]))?;
    store.delete(second.id, &Conditions::default()).await.map_err(told)?;
    same("one that is gone", status(store.get(second.id).await), 404)?;
    store.clear().await.map_err(told)?;
    same("nothing", store.list(all()).await.ok(), Some(vec![]))?;
    let third = store.create(new("three")).await.map_err(told)?;
    same("numbers are never given twice", third.id.get(), 3)?;
    store.ping().await.map_err(told)
}

/// Every character that a client may send comes back, whatever a database thinks of it.
pub async fn characters(Pair { one, two }: Pair) -> Verdict {
    let mut news = one.listen(LastEventId(None)).await.map_err(told)?;
    for title in ["a\0b", "\0", "\u{1}\u{7f}\u{feff}", "'; -- \\ %s $1", "ä☕\u{10ffff}\u{e000}"] {
        let todo = one.create(new(title)).await.map_err(told)?;
        same("a title", two.get(todo.id).await.map_err(told)?.title.as_str().to_owned(), title.to_owned())?;
        let heard: serde_json::Value = serde_json::from_str(&next(&mut news).await?.data).map_err(|e| e.to_string())?;
        same("what is told of it", heard["title"].as_str(), Some(title))?;
        two.update(todo.id, &Conditions::default(), completed()).await.map_err(told)?;
        next(&mut news).await?;
    }
    Ok(())
}

/// Of many who change the same state, one succeeds.
pub async fn races(Pair { one, two }: Pair) -> Verdict {
    for round in 0..10 {
        let todo = one.create(new("raced for")).await.map_err(told)?;
        let tag = condition("if-match", ETag::of(&todo).as_str());
        let mut racers = JoinSet::new();
        for racer in 0..6 {
            let (store, tag) = (if racer % 2 == 0 { &one } else { &two }.clone(), tag.clone());
            let patch = TodoPatch { title: None, completed: None, order: Some(Some(racer)) };
            racers.spawn(async move { status(store.update(todo.id, &tag, patch).await) });
        }
        let mut all = racers.join_all().await;
        all.sort_unstable();
        same(&format!("round {round}"), all, vec![200, 412, 412, 412, 412, 412])?;
    }
    Ok(())
}

/// What is given up at any moment is either whole, with the news of it, or never was; and it is in nobody's way.
pub async fn abandoned(Pair { one: store, .. }: Pair) -> Verdict {
    for step in 0..60 {
        let patience = Duration::from_micros(step * 100);
        // Whether it got through in time is all the same.
        let _ = timeout(patience, store.create(new("abandoned"))).await;
    }
    // The next writer is not kept waiting; it comes behind the last that was abandoned.
    store.create(new("next")).await.map_err(told)?;
    let kept = store.stats().await.map_err(told)?.total;
    let mut news = store.listen(LastEventId(Some(0))).await.map_err(told)?;
    for id in 1..=kept {
        let event = next(&mut news).await?;
        same("the news", (event.id, event.name.as_str()), (id, "todo_created"))?;
    }
    store.create(new("last")).await.map_err(told)?;
    same("those kept", store.stats().await.map_err(told)?.total, kept + 1)?;
    same("the last news", next(&mut news).await?.id, kept + 1)
}

/// Who has only heard the news knows the state, whoever has changed it at the same time.
pub async fn news(Pair { one, two }: Pair) -> Verdict {
    let mut listeners = [one.listen(LastEventId(Some(0))).await, two.listen(LastEventId(Some(0))).await];
    let mut writers = JoinSet::new();
    for writer in 0..6_u64 {
        let store = if writer % 2 == 0 { &one } else { &two }.clone();
        writers.spawn(async move { write(&store, writer).await });
    }
    writers.join_all().await.into_iter().collect::<Verdict>()?;
    let last = one.create(new("the last")).await.map_err(told)?;
    let state: BTreeMap<_, _> =
        one.list(all()).await.map_err(told)?.into_iter().map(|todo| (todo.id.get(), todo.order)).collect();
    for listener in &mut listeners {
        let listener = listener.as_mut().map_err(|error| format!("{error:?}"))?;
        same("the state by the news", replay(listener, last.id.get()).await?, state.clone())?;
    }
    Ok(())
}

async fn write(store: &Store, writer: u64) -> Verdict {
    for step in 0..25 {
        let todo = store.create(new("x")).await.map_err(told)?;
        let order = i64::try_from(writer * 100 + step).ok();
        let patch = TodoPatch { title: None, completed: None, order: Some(order) };
        // Another may have cleared it away.
        let outcome = match (writer + step) % 5 {
            0 => status(store.clear().await),
            1 => status(store.delete(todo.id, &Conditions::default()).await),
            _ => status(store.update(todo.id, &Conditions::default(), patch).await),
        };
        if ![200, 404].contains(&outcome) {
            return Err(format!("writer {writer}, step {step}: {outcome}"));
        }
    }
    Ok(())
}

/// The todos, and their orders, that one knows who has heard everything.
async fn replay(news: &mut Listener, last: i64) -> Result<BTreeMap<i64, Option<i64>>, String> {
    let mut known = BTreeMap::new();
    for number in 1.. {
        let event = next(news).await?;
        same("the number", event.id, number)?;
        let data: serde_json::Value = serde_json::from_str(&event.data).map_err(|cause| cause.to_string())?;
        let id = data["id"].as_i64().unwrap_or_default();
        match event.name.as_str() {
            "todo_created" | "todo_updated" => drop(known.insert(id, data["order"].as_i64())),
            "todo_deleted" => drop(known.remove(&id)),
            _ => known.clear(),
        }
        if id == last {
            break;
        }
    }
    Ok(known)
}

async fn next(news: &mut Listener) -> Result<Event, String> {
    let event = timeout(SOON, news.next()).await.map_err(|_| "no event comes".to_owned())?;
    Ok(Event::clone(&event))
}
