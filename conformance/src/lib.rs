//! The judge: one contract, six servers, and a command that judges any URL.
//!
//! | read in this order | what it holds |
//! |---|---|
//! | [`client`], [`request`] | bytes out, answers in, strictly by RFC 9112 |
//! | [`fact`], [`finding`] | what is expected of an answer, and what is wrong with it |
//! | [`target`] | the server that is judged |
//! | [`case`], [`cases`] | examples: one request, one answer |
//! | [`laws`] | rules that hold for every route, derived by looping over the contract |
//! | [`protocol`] | the soundness of any HTTP/1.1 server, by the clauses of the RFCs |
//! | [`check`] | cases and laws under one roof, each with its name and its needs |
//! | [`deviations`] | where a framework has the right to differ, with reason and link |
//! | [`plan`], [`jury`] | what is put to a server, what is left out, and many at once |
//! | [`report`], [`terminal`], [`record`] | what became of a check; for a person, and as JSON |
//! | [`readme`], [`verdicts`] | the tables in README.md, out of the contract, and in verdicts/README.md |
//!
//! The library knows the six servers by their answers only. The tests start them:
//!
//! | test | what it does |
//! |---|---|
//! | `judge`, `protocol` | every check, and every case of the RFCs in one write and in pieces, on each |
//! | `sameness`, `search` | compares their answers: to a fixed corpus, and to whatever chance finds in a bounded time |
//! | `life` | breaks their store and their clients, with a healthy client beside them |
//! | `process` | runs the binaries: signals, full disks, kills, memory, descriptors |
//! | `mutations`, `doubt`, `sleep` | judges the judge: each mistake is noticed, and no check is content with all |
//! | `command`, `readme`, `house`, `siblings` | the command line, the tables, the source |

/// An example.
pub mod case;
/// Examples for every route.
pub mod cases;
/// Cases and laws under one roof.
pub mod check;
/// Bytes out, answers in.
pub mod client;
/// Where a framework has the right to differ.
pub mod deviations;
/// What is expected of an answer.
pub mod fact;
/// What is wrong.
pub mod finding;
/// Many checks at once.
pub mod jury;
/// Rules that hold for every route.
pub mod laws;
/// What is put to a server.
pub mod plan;
/// Soundness by RFC 9112 and 9110.
pub mod protocol;
/// The tables in README.md.
pub mod readme;
/// The verdict as JSON.
pub mod record;
/// What became of a check.
pub mod report;
/// A request.
pub mod request;
/// What the protocol part asks for.
pub mod resources;
/// The server that is judged.
pub mod target;
/// What a person sees.
pub mod terminal;
/// The tables in verdicts/README.md.
pub mod verdicts;
