//! What a style can do here: build a table, make a request, answer it.

use crate::styles::{
    api::Route,
    ask::{Ask, Outcome},
};
use futures_util::FutureExt;

/// One of the six.
pub trait Style: Sized {
    /// As a reader knows it.
    const NAME: &'static str;
    /// The folder of the server that routes in this manner.
    const SERVER: &'static str;
    /// What a request is made of: its method and its URI, parsed.
    type Head: 'static;
    /// What the stack answers.
    type Answer;

    /// The table of these routes.
    fn new(routes: &[Route]) -> Self;
    /// Parses what is not to be timed.
    fn head(method: &str, path: &str) -> Self::Head;
    /// What is timed: makes the request, finds the handler, calls it.
    fn answer(&self, head: &Self::Head) -> Self::Answer;
    /// The status of an answer.
    fn status(answer: &Self::Answer) -> u16;
    /// The field of an answer with this name.
    fn field<'a>(answer: &'a Self::Answer, name: &str) -> Option<&'a str>;
}

/// A style with its table and its requests, whatever its types are.
pub struct Ready {
    /// As a reader knows it.
    pub name: &'static str,
    /// The folder of the server that routes in this manner.
    pub server: &'static str,
    /// What became of each request.
    pub outcomes: Vec<Outcome>,
    /// Answers each request once more, and adds up the statuses.
    pub pass: Box<dyn FnMut() -> u64>,
}

/// A style, ready to answer these.
pub fn ready<S: Style + 'static>(routes: &[Route], asks: &[Ask]) -> Ready {
    let style = S::new(routes);
    let heads: Vec<_> = asks.iter().map(|ask| S::head(ask.method, &ask.path)).collect();
    let outcome = |head: &S::Head| {
        let answer = style.answer(head);
        Outcome::new(S::status(&answer), S::field(&answer, HANDLER), S::field(&answer, "allow"))
    };
    let outcomes = heads.iter().map(outcome).collect();
    let pass = move || heads.iter().map(|head| u64::from(S::status(&style.answer(head)))).sum();
    Ready { name: S::NAME, server: S::SERVER, outcomes, pass: Box::new(pass) }
}

/// The field of an answer that says which handler gave it: [`handled`].
pub const HANDLER: &str = "handler";

/// The number of a route, and the sum of the parameters that it read, in one number: so the answer
/// needs one field to tell both.
pub fn handled(route: usize, parameters: u32) -> u64 {
    route as u64 * PARAMETERS + u64::from(parameters)
}

/// What [`handled`] put together.
pub fn parts(handled: u64) -> (usize, u64) {
    ((handled / PARAMETERS) as usize, handled % PARAMETERS)
}

/// More than the parameters of a request add up to.
const PARAMETERS: u64 = 1_000_000;

/// What a future gives at once. Nothing waits here: there is no socket, no body, no timer.
///
/// # Panics
/// When it does wait.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing waits")
}
