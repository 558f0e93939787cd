//! What the protocol part asks a server of this contract for.

use crate::{fact::Fact, finding::Finding, protocol::subject::Resources, request::Request, target::Target};

/// A file with validators and ranges, which the judge makes and removes.
const FILE: &str = "/files/probes/protocol.txt";

/// The resources.
pub fn known() -> Resources {
    Resources { path: "/plaintext".to_owned(), post: "/baseline11?a=1&b=2".to_owned(), file: FILE.to_owned() }
}

/// The resources; the file among them is made.
///
/// # Errors
/// When it cannot be made.
pub fn make(target: &Target) -> Result<Resources, Finding> {
    target.expect(&Request::new("PUT", FILE).body("A file of the judge.\n"), &[Fact::Has("etag")])?;
    Ok(known())
}

/// Removes the file; one that is gone already is what was wanted.
pub fn remove(target: &Target) {
    let _ = target.ask(&Request::new("DELETE", FILE));
}
