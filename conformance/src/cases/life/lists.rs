//! Lists that are long.

use super::empty;
use crate::{
    fact::{Fact, json},
    finding::{Verdict, once},
    request::Request,
    target::Target,
};

/// As many as nobody asked for otherwise, and as may be asked for.
pub(super) fn long(target: &Target) -> Verdict {
    const MOST: usize = 1000;
    once(|| {
        empty(target)?;
        let mut client = target.connect()?;
        for _ in 0..=MOST {
            client.send(&Request::new("POST", "/todos").json(r#"{"title":"one of many"}"#).bytes(&target.host));
            client.receive(false)?.expect(&[Fact::Status(201)])?;
        }
        for (query, count) in [("", MOST), ("?limit=1000", MOST), ("?limit=999", 999), ("?offset=1000", 1)] {
            let exchange = target.expect(&Request::get(&format!("/todos{query}")), &[Fact::Status(200)])?;
            let list = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
            let listed = list.as_array().map_or(0, Vec::len);
            if listed != count {
                return Err(exchange.finding(format!("there are {listed} todos, not {count}")));
            }
        }
        empty(target)
    })
}
