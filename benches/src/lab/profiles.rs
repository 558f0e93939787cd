//! The profiles: what may be measured, by name, and the heats that each is made of.

use crate::lab::{
    asks,
    entrant::{Entrant, FLOOR, Program},
    heat::{Heat, MIDDLE},
    raw::Pace,
};
use clap::ValueEnum;
use shared::contract::SERVERS;
use std::path::PathBuf;

/// What may be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Profile {
    /// GET /plaintext
    Plaintext,
    /// GET /json
    Json,
    /// GET /json/25?m=3: some 4 KB of JSON
    Items,
    /// GET /todos/1 from the memory store
    TodoGet,
    /// POST /todos into memory, SQLite, and PostgreSQL where DATABASE says where one is
    TodoCreate,
    /// Every route that reads and does not wait
    Mixed,
    /// GET /plaintext, sixteen at a time on each connection
    Pipelined,
    /// GET /plaintext, a connection for each
    Churn,
    /// POST /upload of 10 MB
    Upload,
    /// GET /files/large.bin of 10 MB
    Download,
    /// Memory with 0, 1 000 and 5 000 connections on which nothing happens
    Idle,
    /// Each server on hyper as its framework's documentation starts one, beside itself
    Stock,
    /// Each server beside a minimal one on the same framework, and beside the floor
    Bare,
    /// Size, dependencies, lines, time to the first answer; in a full run, time to build
    Costs,
    /// One server, built or run in other ways; in a full run, or where it is named
    Ablations,
}

/// The floor and the minimal servers, with the frameworks that they stand on.
pub const BARE: [&str; 4] = ["bare-hyper", "bare-axum", "bare-actix-web", "bare-warp"];

/// The heat of those on hyper, pipelined, in both ways.
pub const STOCK_PIPELINED: &str = "stock-pipelined";

/// The flags of everything that was built here.
const FLAGS: [&str; 4] = ["--port", "0", "--workers", "1"];
/// Those of the six on top: no disk, no siblings.
const OURS: [&str; 3] = ["--store", "memory", "--no-gossip"];

/// Who may take part.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Those of the six that are wanted, by name.
    pub servers: Vec<String>,
    /// Whether the floor and the minimal servers are there.
    pub has_bare: bool,
    /// Somebody else's.
    pub extras: Vec<Entrant>,
    /// Where a PostgreSQL is: `postgres://...`.
    pub database: Option<String>,
    /// Where binaries are, from the workspace's folder on.
    pub binaries: PathBuf,
}

impl Field {
    /// One of the six.
    pub fn ours(&self, name: &str) -> Entrant {
        self.built(name).with(&OURS)
    }

    fn built(&self, name: &str) -> Entrant {
        Entrant::new(name, Program::Binary(self.binaries.join(name))).with(&FLAGS)
    }

    /// Those of the six that are wanted, and somebody else's.
    fn all(&self) -> Vec<Entrant> {
        self.servers.iter().map(|name| self.ours(name)).chain(self.extras.clone()).collect()
    }

    /// The same, and the floor.
    fn with_floor(&self) -> Vec<Entrant> {
        let floor = self.has_bare.then(|| self.built(FLOOR));
        self.all().into_iter().chain(floor).collect()
    }

    /// With another store than memory.
    fn on(&self, store: &str) -> Vec<Entrant> {
        let with = |name: &String| self.built(name).with(&["--store", store, "--no-gossip"]);
        self.servers.iter().map(with).collect()
    }

    /// Each of those on hyper in both ways. actix-web brings its own listener in both.
    fn stock(&self) -> Vec<Entrant> {
        let is_on_hyper = |name: &&String| *name != "actix-web-server";
        let both = |name: &String| {
            let contract = self.ours(name);
            [contract.clone(), contract.with(&["--stock"]).named(&stock_of(name)).beside(name)]
        };
        self.servers.iter().filter(is_on_hyper).flat_map(both).collect()
    }

    /// Each beside the minimal one on its framework, and the floor.
    fn bare(&self) -> Vec<Entrant> {
        let ours = self.servers.iter().filter_map(|name| Some(self.ours(name).beside(bare_of(name)?)));
        let bare = BARE.iter().chain([&FLOOR]).map(|name| self.built(name));
        ours.chain(bare).collect()
    }

    /// The heats of a profile; none for those that are measured otherwise.
    ///
    /// # Errors
    /// When what is to be asked cannot be made.
    pub fn heats(&self, profile: Profile) -> Result<Vec<Heat>, String> {
        let plain = || vec![asks::plaintext()];
        let heats = match profile {
            Profile::Plaintext => {
                vec![Heat::new("plaintext", "The least there is to answer.", plain(), self.with_floor())]
            }
            Profile::Json => {
                let about = "A small value, serialised for each request.";
                vec![Heat::new("json", about, vec![asks::json()], self.with_floor())]
            }
            Profile::Items => {
                let about = "Some 4 KB of JSON, with a parameter in the path and one in the query.";
                vec![Heat::new("items", about, vec![asks::items()?], self.all())]
            }
            Profile::TodoGet => vec![Heat {
                before: vec![asks::first_todo()],
                ..Heat::new("todo-get", "One todo out of the memory store.", vec![asks::todo()], self.all())
            }],
            Profile::TodoCreate => self.creating(),
            Profile::Mixed => vec![Heat {
                before: vec![asks::first_todo()],
                ..Heat::new("mixed", "Nine routes that read, each as often as the others.", asks::mixed()?, self.all())
            }],
            Profile::Pipelined => vec![self.pipelined("pipelined", self.with_floor())],
            Profile::Churn => vec![Heat {
                keep_alive: false,
                paces: vec![MIDDLE, Pace::FlatOut],
                ..Heat::new("churn", "A new connection for each request.", plain(), self.all())
            }],
            Profile::Upload => vec![transfer("upload", "10 MB to the server.", Vec::new(), asks::upload(), self.all())],
            Profile::Download => {
                vec![transfer(
                    "download",
                    "10 MB from the server.",
                    vec![asks::put_large()],
                    asks::download(),
                    self.all(),
                )]
            }
            Profile::Stock => {
                let about = "Servers on hyper as their framework's documentation starts one, beside themselves.";
                vec![
                    Heat { paces: vec![MIDDLE], ..Heat::new("stock", about, plain(), self.stock()) },
                    self.pipelined(STOCK_PIPELINED, self.stock()),
                ]
            }
            Profile::Bare => {
                let about = "Servers beside minimal ones on the same framework, and the floor.";
                let heat = |name, ask| Heat {
                    paces: vec![MIDDLE],
                    often: 2,
                    ..Heat::new(name, about, vec![ask], self.bare())
                };
                vec![heat("bare-plaintext", asks::plaintext()), heat("bare-json", asks::json())]
            }
            Profile::Idle | Profile::Costs | Profile::Ablations => Vec::new(),
        };
        Ok(heats.into_iter().filter(|heat| !heat.entrants.is_empty()).map(Heat::twice).collect())
    }

    fn pipelined(&self, name: &str, entrants: Vec<Entrant>) -> Heat {
        let about =
            "Sixteen requests at a time on each connection: the kernel's share is small, the server's own shows.";
        Heat { depth: 16, paces: vec![Pace::FlatOut], ..Heat::new(name, about, vec![asks::plaintext()], entrants) }
    }

    fn creating(&self) -> Vec<Heat> {
        let heat = |name, about, entrants| Heat::new(name, about, vec![asks::create()], entrants);
        let on_disk = |heat| Heat { paces: vec![MIDDLE, Pace::FlatOut], ..heat };
        let mut heats = vec![
            heat("todo-create", "A new todo in memory, and the news of it.", self.all()),
            on_disk(heat(
                "todo-create-sqlite",
                "The same in SQLite, safe on disk when answered.",
                self.on("sqlite:lab.db"),
            )),
        ];
        if let Some(database) = &self.database {
            let about = "The same in PostgreSQL, one server at a time.";
            heats.push(on_disk(heat("todo-create-postgres", about, self.on(database))));
        }
        heats
    }
}

fn transfer(name: &str, about: &str, before: Vec<load::Exchange>, ask: load::Exchange, entrants: Vec<Entrant>) -> Heat {
    Heat {
        before,
        connections: 2,
        paces: vec![MIDDLE, Pace::FlatOut],
        patience: 3.0,
        ..Heat::new(name, about, vec![ask], entrants)
    }
}

/// What one of the six is called on its framework's own listener.
pub fn stock_of(server: &str) -> String {
    format!("{server} --stock")
}

/// The minimal server on the same framework.
pub fn bare_of(server: &str) -> Option<&'static str> {
    let stack = SERVERS.iter().find(|one| one.name == server)?.stack;
    BARE.into_iter().find(|bare| bare.strip_prefix("bare-") == Some(stack))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field() -> Field {
        let servers = SERVERS.iter().map(|server| server.name.to_owned()).collect();
        Field { servers, has_bare: true, database: Some("postgres://here/lab".to_owned()), ..Field::default() }
    }

    #[test]
    fn every_heat_has_twins_and_somebody_to_compare_with() {
        for profile in Profile::value_variants() {
            for heat in field().heats(*profile).expect("asks") {
                assert!(heat.twins().is_some(), "{}", heat.name);
                let names: Vec<_> = heat.entrants.iter().map(|entrant| &entrant.name).collect();
                let distinct: std::collections::BTreeSet<_> = names.iter().collect();
                assert_eq!(distinct.len(), names.len(), "{}", heat.name);
                assert!(names.contains(&&heat.reference()), "{}", heat.name);
                for entrant in &heat.entrants {
                    assert!(entrant.beside.iter().all(|beside| names.contains(&beside)), "{entrant:?}");
                }
            }
        }
    }

    #[test]
    fn every_server_has_a_bare_one() {
        assert!(SERVERS.iter().all(|server| bare_of(server.name).is_some()));
        assert_eq!((bare_of("handrolled-server"), bare_of("nginx")), (Some("bare-hyper"), None));
    }

    #[test]
    fn postgres_takes_part_where_there_is_one() {
        let heats = |field: &Field| field.heats(Profile::TodoCreate).expect("asks").len();
        assert_eq!((heats(&field()), heats(&Field { database: None, ..field() })), (3, 2));
        assert!(Field::default().heats(Profile::Json).expect("asks").is_empty());
    }
}
