//! A made-up API that grows evenly.
//!
//! A resource has five routes, always in this order:
//!
//! | route | methods |
//! |---|---|
//! | `/customers/{id}` | GET |
//! | `/customers` | GET, POST |
//! | `/customers/{id}/lines` | GET, POST |
//! | `/customers/{id}/lines/stats` | GET |
//! | `/customers/{id}/lines/{key}` | GET |
//!
//! `stats` stands above `{key}`, because in four of the six styles the first that fits is taken. An API of `n` routes is
//! the first `n` of this endless list, so every size is a beginning of the next. A resource begins with `/name/{id}`:
//! this route is always there, and the cases ask for it.
//!
//! The build script reads this file, too: it writes the `match` that no loop can make.

/// The sizes at which the styles are measured. 203 is an API with a history: GitHub's had as many
/// routes when routers began to be compared on it.
pub const SIZES: [usize; 5] = [1, 10, 100, 203, 1000];

const QUALIFIERS: [&str; 5] = ["", "team-", "past-", "open-", "my-"];

/// As many as share no divisor with the qualifiers, so that the pairs repeat only after 205.
const NOUNS: [&str; 41] = [
    "customers",
    "jobs",
    "accounts",
    "albums",
    "articles",
    "branches",
    "budgets",
    "carts",
    "channels",
    "comments",
    "contracts",
    "coupons",
    "devices",
    "documents",
    "drafts",
    "events",
    "feeds",
    "folders",
    "forms",
    "groups",
    "hooks",
    "images",
    "invoices",
    "issues",
    "labels",
    "ledgers",
    "messages",
    "notes",
    "orders",
    "payments",
    "plans",
    "projects",
    "quotes",
    "refunds",
    "reports",
    "stores",
    "tickets",
    "users",
    "vouchers",
    "webhooks",
    "shipments",
];

const PARTS: [&str; 7] = ["lines", "members", "files", "revisions", "tags", "rules", "notices"];

/// What a route looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `/name/{id}`
    Item,
    /// `/name`
    List,
    /// `/name/{id}/part`
    Parts,
    /// `/name/{id}/part/stats`
    Stats,
    /// `/name/{id}/part/{key}`
    Part,
}

impl Shape {
    /// The routes of a resource, in order.
    pub const ALL: [Shape; 5] = [Shape::Item, Shape::List, Shape::Parts, Shape::Stats, Shape::Part];

    /// As `Allow` says it.
    pub fn allow(self) -> &'static str {
        match self {
            Shape::Item | Shape::Stats | Shape::Part => "GET",
            Shape::List | Shape::Parts => "GET, POST",
        }
    }
}

/// A path with its methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Where it stands in the list.
    pub at: usize,
    /// The first segment.
    pub name: String,
    /// The third segment, if there is one.
    pub part: &'static str,
    /// What it looks like.
    pub shape: Shape,
}

impl Route {
    /// Its path, with these in the place of the parameters.
    pub fn path(&self, id: &str, key: &str) -> String {
        let Route { name, part, .. } = self;
        match self.shape {
            Shape::Item => format!("/{name}/{id}"),
            Shape::List => format!("/{name}"),
            Shape::Parts => format!("/{name}/{id}/{part}"),
            Shape::Stats => format!("/{name}/{id}/{part}/stats"),
            Shape::Part => format!("/{name}/{id}/{part}/{key}"),
        }
    }

    /// As routers read it.
    pub fn pattern(&self) -> String {
        self.path("{id}", "{key}")
    }
}

/// The API of `n` routes.
///
/// # Panics
/// When there are no names for so many.
pub fn routes(n: usize) -> Vec<Route> {
    assert!(n <= QUALIFIERS.len() * NOUNS.len() * Shape::ALL.len(), "the names would repeat");
    (0..n).map(route).collect()
}

fn route(at: usize) -> Route {
    let resource = at / Shape::ALL.len();
    let qualifier = QUALIFIERS[resource % QUALIFIERS.len()];
    Route {
        at,
        name: format!("{qualifier}{}", NOUNS[resource % NOUNS.len()]),
        part: PARTS[resource % PARTS.len()],
        shape: Shape::ALL[at % Shape::ALL.len()],
    }
}
