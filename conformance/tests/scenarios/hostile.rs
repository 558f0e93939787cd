//! A crowd of bad clients, and a healthy one that notices nothing of it: no failure, no wait. Whoever is slow is cut in
//! time, and when all have left nothing of them is counted any more.

mod bystander;
mod crowd;
mod defaults;
mod guilty;
mod scene;

use super::{IN_FLIGHT, Kind, SOON, Scenario, millis};
use conformance::{
    fact::{Fact, json},
    finding::Finding,
    request::Request,
    target::Target,
};
use crowd::Crowd;
use guilty::Guilty;
use scene::{LARGE, Scene};
use shared::config::Config;
use std::{thread, time::Duration};

const HEAD: Duration = millis(500);
const IDLE: Duration = millis(2500);
const WINDOW: Duration = millis(400);
/// Between two bytes of one that drips.
const DRIP: Duration = millis(80);
/// Few enough for a crowd to have to wait.
const PLACES: usize = 40;

/// How long the healthy client asks before the crowd comes, and while it is there.
const QUIET: Duration = millis(300);
const BUSY: Duration = millis(1000);
/// How much longer its slowest answers but a hundredth may take in the crowd.
const TIMES: u32 = 3;
/// But a wait as short as this is nobody's fault: crowd, healthy client and server share the cores of one machine with
/// whatever else runs there, and a thread that wants one of them may have to wait for several others to be done.
const FLOOR: Duration = millis(60);
/// For the same reason the best of so many counts. A failure counts at once.
const ATTEMPTS: usize = 3;

pub fn all() -> Vec<Scenario> {
    vec![
        ("a_healthy_client_notices_nothing_of_silent_clients", |kind| unnoticed(kind, Guilty::Silent)),
        ("a_healthy_client_notices_nothing_of_dripping_heads", |kind| unnoticed(kind, Guilty::DrippingHead)),
        ("a_healthy_client_notices_nothing_of_dripping_later_heads", |kind| unnoticed(kind, Guilty::DrippingLaterHead)),
        ("a_healthy_client_notices_nothing_of_dripping_bodies", |kind| unnoticed(kind, Guilty::DrippingBody)),
        ("a_healthy_client_notices_nothing_of_stalled_readers", |kind| unnoticed(kind, Guilty::StalledReader)),
        ("a_healthy_client_notices_nothing_of_half_closed_connections", |kind| unnoticed(kind, Guilty::HalfClosed)),
        ("a_healthy_client_notices_nothing_of_2000_idle_connections", |kind| unnoticed(kind, Guilty::Idle)),
        ("a_healthy_client_notices_nothing_of_a_flood_over_the_limit", |kind| unnoticed(kind, Guilty::Guest)),
        ("a_healthy_client_notices_nothing_of_aborted_uploads", |kind| unnoticed(kind, Guilty::AbortedUpload)),
        ("a_healthy_client_notices_nothing_of_broken_heads", |kind| unnoticed(kind, Guilty::BrokenHead)),
        ("a_healthy_client_notices_nothing_of_a_storm_of_resets", |kind| unnoticed(kind, Guilty::Reset)),
    ]
}

/// Those that take their time, and next to nothing else.
pub fn patient() -> Vec<Scenario> {
    vec![("slow_clients_of_every_kind_are_cut_within_35_s", defaults::slow)]
}

/// How many of them there are, over how long they gather, and how long each waits before it comes again. Not as many
/// as two cores can bear: then all would wait for a core, whatever the server does.
fn crowd(guilty: Guilty) -> Crowd {
    let (count, gathering, pause) = match guilty {
        Guilty::Idle => (2000, 1500, 1000),
        Guilty::StalledReader => (50, 400, 0),
        Guilty::HalfClosed => (50, 100, 100),
        Guilty::Guest => (3 * PLACES, 100, 100),
        Guilty::AbortedUpload => (20, 100, 40),
        Guilty::BrokenHead => (50, 100, 60),
        Guilty::Reset => (20, 100, 20),
        _ => (100, 400, 0),
    };
    Crowd { guilty, count, gathering: millis(gathering), pause: millis(pause) }
}

fn limits(guilty: Guilty) -> impl FnOnce(&mut Config) {
    move |config| {
        config.limits.head_timeout = HEAD;
        config.limits.idle_timeout = IDLE;
        config.limits.rate_window = WINDOW;
        if matches!(guilty, Guilty::Guest) {
            config.limits.max_connections = PLACES;
        }
    }
}

/// The slowest answers but a hundredth.
struct Waits {
    /// Before the crowd comes.
    quiet: Duration,
    /// In the crowd.
    busy: Duration,
    /// At the same time, of a twin of the server to which no crowd comes: what it suffers is the machine's doing.
    twin: Duration,
}

impl Waits {
    fn are_the_same(&self) -> bool {
        self.busy <= FLOOR.max(TIMES * self.quiet.max(self.twin))
    }
}

fn unnoticed(kind: Kind, guilty: Guilty) -> Result<(), Finding> {
    for attempt in 1..=ATTEMPTS {
        let waits = compare(kind, guilty)?;
        if waits.are_the_same() {
            return Ok(());
        }
        let (name, Waits { quiet, busy, twin }) = (kind.server.name, waits);
        println!(
            "{name}, {guilty:?}, attempt {attempt}: p99 is {quiet:?}, in the crowd {busy:?}, of the twin {twin:?}"
        );
    }
    Err(Finding::new(format!("in {ATTEMPTS} attempts of {ATTEMPTS} the healthy client had to wait for the crowd")))
}

/// Any fault but a wait is final.
fn compare(kind: Kind, guilty: Guilty) -> Result<Waits, Finding> {
    let (running, twin) = (kind.start_plain(limits(guilty)), kind.start_plain(|_| {}));
    let (target, twin) = (&running.target, &twin.target);
    target.expect(&Request::new("PUT", LARGE).body(vec![b'x'; 2 << 20]), &[Fact::Status(201)])?;
    let mut kept = target.connect()?;
    // Behind those who wait for a place a new connection waits as well.
    let fresh = !matches!(guilty, Guilty::Guest);
    let quiet = bystander::ask(target, &mut kept, fresh, QUIET)?.p99();
    let scene = Scene::of(target, DRIP, IDLE + SOON);
    let (seen, lives) = crowd(guilty).beside(scene, || {
        thread::scope(|scope| {
            let twin = scope.spawn(|| bystander::ask(twin, &mut twin.connect()?, fresh, BUSY));
            let busy = bystander::ask(target, &mut kept, fresh, BUSY)?.p99();
            let twin = twin.join().unwrap_or_else(|_| Err(Finding::new("a panic in the test")))?.p99();
            Ok(Waits { quiet, busy, twin })
        })
    })?;
    drop(kept);
    over(target)?;
    if lives < 2 * PLACES {
        return Err(Finding::new(format!("only {lives} bad clients came: this shows nothing")));
    }
    seen
}

/// Nothing is left of anybody, and of broken uploads nothing either.
fn over(target: &Target) -> Result<(), Finding> {
    target.await_metric("http_connections", |value| value == 1.0, SOON)?;
    target.await_metric(IN_FLIGHT, |value| value == 1.0, SOON)?;
    let list = target.expect(&Request::get("/files"), &[Fact::Status(200)])?;
    let files = json(&list.answer).map_err(|what| list.finding(what))?;
    match files.as_array().map(Vec::len) {
        Some(1) => Ok(()),
        _ => Err(list.finding("there is another file than the one that was put")),
    }
}
