//! Mistakes that a server's author could make, each by its name, and the proxy that makes them.

/// Changing an answer.
mod answer;
/// From the server to the client.
mod answers;
/// JSON that is read too kindly.
mod bodies;
/// Keep-alive and the end of a connection.
mod connections;
/// `Accept-Encoding`
mod coding;
/// Tags and dates.
mod conditions;
/// `Origin`
mod cors;
/// Problems.
mod errors;
/// `/events`
mod events;
/// Fields that every answer has, or none.
mod fields;
/// Files and their parts.
mod files;
/// Request heads and bodies that are read too kindly.
mod framing;
/// The head of a request or of an answer.
mod head;
/// HEAD, OPTIONS, 405.
mod methods;
/// Paths and queries that are read too kindly.
mod paths;
/// What the RFCs forbid.
mod protocol;
/// The proxy.
mod proxy;
/// From the client to the server.
mod requests;
/// Content: sums, items, pages, metrics.
mod routes;
/// `/ws`
mod socket;
/// One direction of a connection.
mod source;
/// `/todos`
mod todos;
/// What is believed, and said unasked.
mod trust;

pub use answer::Answer;
pub use head::Head;
pub use proxy::{Acted, Proxy};

use conformance::client::Frame;

/// Changes the head of a request; whether it did.
pub type OfRequest = fn(&mut Head) -> bool;
/// Changes an answer; whether it did.
pub type OfAnswer = fn(&mut Answer) -> bool;
/// Changes bytes; whether it did.
pub type OfBytes = fn(&mut Vec<u8>) -> bool;

/// The one thing that is spoilt.
#[derive(Clone, Copy)]
pub enum Spoil {
    /// Nothing is.
    Nothing,
    /// What the client sends, as it comes.
    Bytes(OfBytes),
    /// The head of a request on its way in.
    Request(OfRequest),
    /// An answer on its way out; of one whose length is not told, the head.
    Answer(OfAnswer),
    /// A request, and then its answer.
    Both(OfRequest, OfAnswer),
    /// No interim answer is passed on.
    Interim,
    /// A piece of a stream; one that is emptied is left out.
    Chunk(OfBytes),
    /// What is sent in the place of a server's frame.
    Frame(fn(&Frame) -> Option<Vec<u8>>),
    /// Of two answers the second comes first.
    Order,
    /// When the last answer was such a one, the connection is not closed behind it.
    Stays(fn(&Head) -> bool),
    /// Behind such an answer the connection is closed.
    Ends(fn(&Answer) -> bool),
}

/// A mistake.
pub struct Mutation {
    pub name: &'static str,
    /// The checks that must catch it, the first first.
    pub caught_by: &'static [&'static str],
    pub spoil: Spoil,
    /// Whether it shows by nothing happening.
    pub silent: bool,
}

impl Mutation {
    const fn new(name: &'static str, caught_by: &'static [&'static str], spoil: Spoil) -> Self {
        Mutation { name, caught_by, spoil, silent: false }
    }

    const fn silent(mut self) -> Self {
        self.silent = true;
        self
    }
}

/// One that changes answers.
const fn answer(name: &'static str, caught_by: &'static [&'static str], spoil: OfAnswer) -> Mutation {
    Mutation::new(name, caught_by, Spoil::Answer(spoil))
}

/// One that changes requests.
const fn request(name: &'static str, caught_by: &'static [&'static str], spoil: OfRequest) -> Mutation {
    Mutation::new(name, caught_by, Spoil::Request(spoil))
}

/// Puts other bytes in the place of these, wherever they are.
fn replace(bytes: &mut Vec<u8>, old: &[u8], new: &[u8]) -> bool {
    let mut changed = false;
    while let Some(at) = bytes.windows(old.len()).position(|window| window == old) {
        bytes.splice(at..at + old.len(), new.iter().copied());
        changed = true;
    }
    changed
}

/// Those that the protocol part must catch.
pub fn of_protocol() -> Vec<Mutation> {
    protocol::mutations()
}

/// Those that the contract's checks must catch.
pub fn all() -> Vec<Mutation> {
    let groups = [
        methods::mutations(),
        paths::mutations(),
        fields::mutations(),
        cors::mutations(),
        errors::mutations(),
        coding::mutations(),
        conditions::mutations(),
        framing::mutations(),
        bodies::mutations(),
        connections::mutations(),
        trust::mutations(),
        routes::mutations(),
        todos::mutations(),
        files::mutations(),
        events::mutations(),
        socket::mutations(),
    ];
    groups.into_iter().flatten().collect()
}
