//! Files: bytes, parts, and who comes first.

use super::{Pair, Verdict, condition, same, status, told};
use futures_util::TryStreamExt;
use shared::{
    Error,
    domain::{Conditions, File, FilePath, Part},
    store::{Content, Store},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};
use tokio::task::JoinSet;

/// The size of the pieces that a database may cut files into.
const PIECE: usize = 256 * 1024;

fn path(text: &str) -> FilePath {
    FilePath::parse(text).expect("a path")
}

/// A content that tells from its first byte what the rest must be, and that is another in every piece.
fn content(seed: u8, size: usize) -> Vec<u8> {
    (0..size).map(|at| seed.wrapping_add((at / 251) as u8)).collect()
}

async fn put(store: &Store, at: &str, bytes: &[u8], conditions: Conditions) -> Result<(File, bool), Error> {
    let mut draft = store.draft().await?;
    draft.write(bytes).await?;
    store.put_file(path(at), draft, conditions).await
}

/// What is at a path now, or a part of it.
async fn get(store: &Store, at: &str, part: Option<Part>) -> Result<Vec<u8>, String> {
    loop {
        let found = store.file(&path(at)).await.map_err(told)?;
        // Replaced meanwhile: another look.
        if let Some(content) = store.open_file(&found, part).await.map_err(told)? {
            return taken(content).await;
        }
    }
}

async fn taken(mut content: Content) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(piece) = content.try_next().await.map_err(|cause| cause.to_string())? {
        bytes.extend(piece);
    }
    Ok(bytes)
}

/// Bytes come back as they went, whole or in part, wherever they are cut.
pub async fn bytes(Pair { one, two }: Pair) -> Verdict {
    for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7] {
        let bytes = content(7, size);
        let (file, _) = put(&one, "a/b", &bytes, Conditions::default()).await.map_err(told)?;
        same("the size", file.size, size as u64)?;
        same(&format!("{size} bytes"), get(&two, "a/b", None).await? == bytes, true)?;
        for first in [0, PIECE - 1, PIECE, 2 * PIECE - 3] {
            for last in
                [first, first + 5, size.saturating_sub(1)].into_iter().filter(|last| first <= *last && *last < size)
            {
                let part = Part { first: first as u64, last: last as u64 };
                let found = get(&two, "a/b", Some(part)).await?;
                same(&format!("{first} to {last} of {size}"), found == bytes[first..=last], true)?;
            }
        }
    }
    same("who is there", two.files().await.map_err(told)?.len(), 1)
}

/// Names are sorted by their bytes, and each is another.
pub async fn names(Pair { one, two }: Pair) -> Verdict {
    let mut names = ["b", "a", "A", "a b", "a-b", "a/b", "ab", "ä", "Z", "☕", "_", "a.b", "\u{10ffff}", "'; --"];
    for name in names {
        put(&one, name, b"x", condition("if-none-match", "*")).await.map_err(told)?;
    }
    names.sort_unstable();
    let found: Vec<_> = two.files().await.map_err(told)?.iter().map(|file| file.path.as_str().to_owned()).collect();
    same("the order", found, names.map(str::to_owned).to_vec())
}

/// Of many who put the first file at a path, or replace the same one, or remove it, one succeeds.
pub async fn races(Pair { one, two }: Pair) -> Verdict {
    for round in 0..10 {
        let name = format!("race/{round}");
        let firsts = race(&one, &two, &name, &condition("if-none-match", "*")).await;
        same("the first", firsts, vec![200, 412, 412, 412])?;
        let tag = one.file(&path(&name)).await.map_err(told)?.file.etag();
        let seconds = race(&one, &two, &name, &condition("if-match", tag.as_str())).await;
        same("those who replace", seconds, vec![200, 412, 412, 412])?;
        let mut removers = JoinSet::new();
        for store in [&one, &two, &one] {
            let (store, path) = (store.clone(), path(&name));
            removers.spawn(async move { status(store.delete_file(path, Conditions::default()).await) });
        }
        same("those who remove", sorted(removers).await, vec![200, 404, 404])?;
    }
    Ok(())
}

async fn race(one: &Store, two: &Store, name: &str, conditions: &Conditions) -> Vec<u16> {
    let mut racers = JoinSet::new();
    for racer in 0..4 {
        let (store, name) = (if racer % 2 == 0 { one } else { two }.clone(), name.to_owned());
        let conditions = conditions.clone();
        // A tag is that of a content: the same bytes would be the same file.
        racers.spawn(async move { status(put(&store, &name, &unlike(), conditions).await) });
    }
    sorted(racers).await
}

/// Bytes that nobody else has.
fn unlike() -> Vec<u8> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes().to_vec()
}

async fn sorted(racers: JoinSet<u16>) -> Vec<u16> {
    let mut all = racers.join_all().await;
    all.sort_unstable();
    all
}

/// A file that is replaced while it is read is one or the other, and whole.
pub async fn replaced(Pair { one, two }: Pair) -> Verdict {
    const SIZE: usize = 2 * PIECE + 100;
    put(&one, "r", &content(0, SIZE), Conditions::default()).await.map_err(told)?;
    let opened = one.open_file(&one.file(&path("r")).await.map_err(told)?, None).await.map_err(told)?;
    let is_over = Arc::new(AtomicBool::new(false));
    let (writer, over) = (two.clone(), is_over.clone());
    let writing = tokio::spawn(async move {
        for seed in 1..30 {
            put(&writer, "r", &content(seed, SIZE), Conditions::default()).await.map_err(told)?;
        }
        over.store(true, Ordering::Relaxed);
        Verdict::Ok(())
    });
    while !is_over.load(Ordering::Relaxed) && !writing.is_finished() {
        let bytes = get(&one, "r", None).await?;
        same("it is whole", bytes == content(bytes[0], SIZE), true)?;
    }
    writing.await.map_err(|cause| cause.to_string())??;
    let opened = opened.ok_or("it was there when it was opened")?;
    same("what was opened first", taken(opened).await? == content(0, SIZE), true)
}
