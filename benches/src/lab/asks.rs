//! What is asked under load, and what must come back.

use load::{Exchange, Expected};
use serde_json::Value;
use shared::{
    contract::media,
    domain::{ItemCount, Items, ItemsQuery},
};
use std::sync::Arc;

/// The size of a large file or upload, in bytes.
pub const LARGE: usize = 10_000_000;
/// The todo that is read.
const TODO: &str = r#"{"title":"measure me","order":1}"#;
/// The same, as it is answered.
const TODO_TOLD: &str = r#"{"id":1,"title":"measure me","completed":false,"order":1,"url":"http://localhost/todos/1"}"#;
/// What a large file is filled with.
const PATTERN: &[u8] = b"0123456789abcdef";

fn get(path: &str, body: &str) -> Exchange {
    Exchange::get(path, Expected::Bytes(body.into()))
}

/// `GET /plaintext`
pub fn plaintext() -> Exchange {
    get("/plaintext", "Hello, World!")
}

/// `GET /json`
pub fn json() -> Exchange {
    get("/json", r#"{"message":"Hello, World!"}"#)
}

/// `GET /json/25?m=3`
///
/// # Errors
/// When the items cannot be made, which no server could either.
pub fn items() -> Result<Exchange, String> {
    let count: ItemCount = "25".parse().map_err(|_| "there are no 25 items".to_owned())?;
    let query: ItemsQuery = serde_json::from_str(r#"{"m":"3"}"#).map_err(|cause| cause.to_string())?;
    let items = Items::first(count, &query).map_err(|_| "the items cannot be multiplied by 3".to_owned())?;
    Ok(get("/json/25?m=3", &serde_json::to_string(&items).map_err(|cause| cause.to_string())?))
}

/// The one todo that is there before it is read.
pub fn first_todo() -> Exchange {
    Exchange::send("POST", "/todos", media::JSON, TODO.as_bytes(), 201, Expected::Bytes(TODO_TOLD.into()))
}

/// `GET /todos/1`
pub fn todo() -> Exchange {
    get("/todos/1", TODO_TOLD)
}

/// `POST /todos`, each with an id of its own.
pub fn create() -> Exchange {
    let is_todo = |body: &[u8]| {
        let todo: Value = serde_json::from_slice(body).map_err(|cause| format!("it is no JSON: {cause}"))?;
        let id = todo["id"].as_u64().unwrap_or_default();
        let url = format!("http://localhost/todos/{id}");
        let is_right = id > 0 && todo["title"] == "measure me" && todo["order"] == 1 && todo["url"] == url.as_str();
        if is_right { Ok(()) } else { Err(format!("it is not the todo: {todo}")) }
    };
    Exchange::send("POST", "/todos", media::JSON, TODO.as_bytes(), 201, Expected::Checked(Arc::new(is_todo)))
}

/// Every route that reads and does not wait, in the order of `mixed.lua`.
///
/// # Errors
/// As [`items`].
pub fn mixed() -> Result<Vec<Exchange>, String> {
    Ok(vec![
        plaintext(),
        json(),
        get("/baseline11?a=13&b=29", "42"),
        items()?,
        get("/todos?limit=20", &format!("[{TODO_TOLD}]")),
        get("/todos/stats", r#"{"total":1,"completed":0}"#),
        todo(),
        get("/livez", "ok"),
        get("/readyz", "ok"),
    ])
}

fn large() -> Vec<u8> {
    PATTERN.iter().copied().cycle().take(LARGE).collect()
}

/// `POST /upload` of [`LARGE`] bytes.
pub fn upload() -> Exchange {
    let count = LARGE.to_string().into_bytes();
    Exchange::send("POST", "/upload", "application/octet-stream", &large(), 200, Expected::Bytes(count))
}

/// The large file, before it is read.
pub fn put_large() -> Exchange {
    let is_stored = |body: &[u8]| {
        let stored: Value = serde_json::from_slice(body).map_err(|cause| format!("it is no JSON: {cause}"))?;
        if stored["size"] == LARGE { Ok(()) } else { Err(format!("it is not stored: {stored}")) }
    };
    let expected = Expected::Checked(Arc::new(is_stored));
    Exchange::send("PUT", "/files/large.bin", "application/octet-stream", &large(), 201, expected)
}

/// `GET /files/large.bin`
pub fn download() -> Exchange {
    Exchange::get("/files/large.bin", Expected::Repeated { pattern: PATTERN.to_vec(), length: LARGE as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs};

    #[test]
    fn the_mix_is_that_of_the_script_for_wrk() {
        let script = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/mixed.lua")).expect("a script");
        let (_, reads) = script.split_once("local reads = {").expect("reads");
        let (reads, _) = reads.split_once('}').expect("an end");
        let wanted: BTreeSet<_> = reads.split('"').filter(|part| part.starts_with('/')).map(str::to_owned).collect();
        let asked: BTreeSet<_> = mixed().expect("items").iter().map(|ask| ask.name().replacen("GET ", "", 1)).collect();
        assert_eq!(asked, wanted);
    }

    #[test]
    fn a_created_todo_is_known_from_others() {
        let Expected::Checked(check) = create().body else { panic!("it is checked") };
        assert_eq!(check(TODO_TOLD.as_bytes()), Ok(()));
        assert!(check(TODO_TOLD.replace("/todos/1", "/todos/2").as_bytes()).is_err());
        assert!(check(b"no JSON").is_err());
    }

    #[test]
    fn large_ones_are_as_large_as_they_say() {
        assert!(upload().request.ends_with(&large()) && large().len() == LARGE);
        assert_eq!(download().body.length(), Some(LARGE as u64));
    }
}
