//! Who else is there: siblings find each other by gossip over UDP
//! ([chitchat](https://docs.rs/chitchat), scuttlebutt with a phi-accrual failure detector).
//!
//! Each tells of itself a name, where it answers HTTP, and its version. The detector says which ones are overdue;
//! what is made of that stands in `gossip/roll.rs`. Gossip trusts whoever can reach its port: bind it to a network of your own.
//!
//! Nothing here is needed to serve: when the port is taken the server warns and tries again, and with `--no-gossip`
//! there is neither a socket nor a thread.

mod roll;

use crate::{
    app::{App, Shutdown},
    contract::SERVERS,
    domain::{Member, MemberState, Sibling},
};
use chitchat::{
    Chitchat, ChitchatConfig, ChitchatHandle, ChitchatId, FailureDetectorConfig, ProtocolVersion, spawn_chitchat,
    transport::UdpTransport,
};
use roll::{Report, Roll};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{
    runtime::Builder,
    select,
    sync::{oneshot, watch},
    task::{JoinHandle, spawn_blocking},
    time::{sleep, timeout},
};

/// How far the UDP port lies above that of HTTP, unless told otherwise.
pub const PORT_DISTANCE: u16 = 10_000;

/// Those who gossip with each other.
const CLUSTER: &str = "sextet";
/// Between two rounds of gossip.
const ROUND: Duration = Duration::from_millis(500);
/// Between two looks at what the rounds have brought.
const LOOK: Duration = Duration::from_millis(250);
/// How many times the usual pause between two signs of life a sibling may let pass. More than chitchat's 8: on a busy
/// machine all are late at times.
const PHI: f64 = 12.0;
/// How long a sibling is remembered that is no longer there.
const MEMORY: Duration = Duration::from_secs(10 * 60);
/// Until the next try when the port cannot be had.
const PAUSE: Duration = Duration::from_secs(5);
/// How long a newcomer speaks to all seeds at every look. chitchat would choose one of them by chance, most of which may
/// not be there.
const GREETING: Duration = Duration::from_secs(5);
/// For siblings to hear that this one leaves.
const FAREWELL: Duration = Duration::from_millis(300);

/// What a server tells of itself.
const NAME: &str = "name";
const ADDRESS: &str = "address";
const VERSION: &str = "version";
const LEFT: &str = "left";

/// The siblings that have been met, this server among them; none without gossip.
#[derive(Debug)]
pub struct Members(watch::Sender<Arc<[Member]>>);

impl Default for Members {
    fn default() -> Self {
        Members(watch::Sender::new(Arc::from([])))
    }
}

impl Members {
    /// In the contract's order of servers.
    pub fn list(&self) -> Arc<[Member]> {
        self.0.borrow().clone()
    }

    /// From now on these are the siblings.
    pub fn publish(&self, mut members: Vec<Member>) {
        let place = |sibling: &Sibling| SERVERS.iter().position(|server| server.name == sibling.name);
        members.sort_by_cached_key(|member| {
            (place(&member.sibling).is_none(), place(&member.sibling), member.sibling.clone())
        });
        self.0.send_if_modified(|known| {
            let changed = **known != *members;
            if changed {
                *known = members.into();
            }
            changed
        });
    }
}

/// Gossip under way, on a thread and in a runtime of its own: a timer of it in that of the requests would be paid by each
/// of them (see `listen`'s timekeeper).
pub struct Gossip {
    /// Gossip is unwanted once the sender is gone.
    task: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    shutdown: Shutdown,
}

impl Gossip {
    /// Begins to look for siblings, unless that is not wanted, until the end of `app`.
    pub fn start(app: &App) -> Self {
        let (app, shutdown) = (app.clone(), app.shutdown.clone());
        let task = (!app.config.siblings.no_gossip).then(|| {
            let (wanted, unwanted) = oneshot::channel();
            (wanted, spawn_blocking(|| aside(app, unwanted)))
        });
        Gossip { task, shutdown }
    }

    /// Resolves once the siblings have been told; at once if the server has failed, as nobody has told this to end then.
    pub async fn ended(self) {
        if let Some((wanted, task)) = self.task {
            let _wanted = self.shutdown.has_begun().then_some(wanted);
            // One that panicked has ended too.
            let _ = task.await;
        }
    }
}

/// Keeps the thread it is called in until gossip ends or is unwanted.
fn aside(app: App, unwanted: oneshot::Receiver<()>) {
    let gossip = async {
        select! {
            () = run(&app) => {}
            _ = unwanted => {}
        }
    };
    match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            runtime.block_on(gossip);
            // A seed's name that DNS is still asked for cannot be given up: it must not hold up the end.
            runtime.shutdown_background();
        }
        Err(cause) => tracing::warn!(%cause, "no gossip: siblings are not seen (--no-gossip)"),
    }
}

async fn run(app: &App) {
    let mut warned = false;
    while !app.shutdown.has_begun() {
        let joined = select! {
            joined = join(app) => joined,
            // DNS may take its time to say where the seeds are.
            () = app.shutdown.clone().begun() => return,
        };
        match joined {
            Ok(handle) => {
                warned = false;
                take_part(app, handle).await;
            }
            Err(cause) if !warned => {
                warned = true;
                tracing::warn!(cause, "no gossip: siblings are not seen; trying again (--gossip-port, --no-gossip)");
            }
            Err(_) => {}
        }
        app.members.publish(Vec::new());
        select! {
            () = sleep(PAUSE) => {}
            () = app.shutdown.clone().begun() => {}
        }
    }
}

async fn join(app: &App) -> Result<ChitchatHandle, String> {
    let siblings = &app.config.siblings;
    let listen_addr = SocketAddr::new(app.config.host, siblings.gossip_port(app.local.port()));
    let told = SocketAddr::new(app.advertised.ip(), listen_addr.port());
    let config = ChitchatConfig {
        // A newer generation is the same server, started again.
        chitchat_id: ChitchatId::new(format!("{}@{}", app.server.name, app.advertised), generation(), told),
        cluster_id: CLUSTER.to_owned(),
        gossip_interval: ROUND,
        listen_addr,
        seed_nodes: siblings.seeds(app.advertised.ip()),
        failure_detector_config: FailureDetectorConfig {
            phi_threshold: PHI,
            initial_interval: ROUND,
            dead_node_grace_period: MEMORY,
            ..FailureDetectorConfig::default()
        },
        marked_for_deletion_grace_period: MEMORY,
        catchup_callback: None,
        extra_liveness_predicate: None,
        protocol_version: ProtocolVersion::V0,
    };
    let address = app.advertised.to_string();
    let own = [(NAME, app.server.name), (ADDRESS, &address), (VERSION, env!("CARGO_PKG_VERSION"))];
    let own = own.map(|(key, value)| (key.to_owned(), value.to_owned()));
    spawn_chitchat(config, own.to_vec(), &UdpTransport).await.map_err(|cause| format!("{cause:#}"))
}

/// Milliseconds since 1970.
fn generation() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Returns at the end of the server, or when the gossip has ended by itself.
async fn take_part(app: &App, handle: ChitchatHandle) {
    let (mut roll, joined) = (Roll::default(), Instant::now());
    let mut over = std::pin::pin!(handle.termination_watcher());
    loop {
        if joined.elapsed() < GREETING {
            greet(&handle).await;
        }
        let reports = handle.with_chitchat(|chitchat| reports(chitchat)).await;
        for change in roll.call(reports, Instant::now(), SystemTime::now()) {
            let Sibling { name, address, .. } = &change.sibling;
            tracing::info!(name, %address, state = change.state.name(), "sibling");
        }
        let members = roll.members();
        app.metrics.members(
            MemberState::ALL.map(|state| (state.name(), members.iter().filter(|member| member.state == state).count())),
        );
        app.members.publish(members);
        select! {
            () = sleep(LOOK) => {}
            ended = &mut over => {
                tracing::warn!(cause = ended.err().map(|cause| cause.to_string()), "gossip has ended; beginning anew");
                return;
            }
            () = app.shutdown.clone().begun() => break,
        }
    }
    // They are not waited for if they do not listen.
    let _ = timeout(FAREWELL, leave(&handle)).await;
    handle.abort();
}

/// Speaks to all seeds but itself.
async fn greet(handle: &ChitchatHandle) {
    let own = handle.chitchat_id().gossip_advertise_addr;
    let seeds = handle.with_chitchat(|chitchat| chitchat.seed_nodes()).await;
    // If the gossip has ended there is nobody to greet, and that is seen elsewhere.
    let _ = seeds.into_iter().filter(|seed| *seed != own).try_for_each(|seed| handle.gossip(seed));
}

/// What each known server says of itself, and whether it is heard of.
fn reports(chitchat: &Chitchat) -> Vec<Report> {
    let alive: Vec<_> = chitchat.live_nodes().collect();
    let known = chitchat.node_states().iter().filter_map(|(id, state)| {
        let sibling = Sibling::parse(state.get(NAME)?, state.get(ADDRESS)?, state.get(VERSION)?)?;
        let (is_alive, has_left) = (alive.contains(&id), state.contains_key(LEFT));
        Some(Report { sibling, generation: id.generation_id, is_alive, has_left })
    });
    known.collect()
}

/// Says that this server leaves, so that nobody has to find out.
async fn leave(handle: &ChitchatHandle) {
    let others = handle.with_chitchat(|chitchat| {
        chitchat.self_node_state().set(LEFT, "");
        let own = chitchat.self_chitchat_id().gossip_advertise_addr;
        let others = chitchat.live_nodes().map(|id| id.gossip_advertise_addr);
        others.filter(|address| *address != own).collect::<Vec<_>>()
    });
    let others = others.await;
    if others.is_empty() || others.iter().any(|address| handle.gossip(*address).is_err()) {
        return;
    }
    // Three messages a sibling over a network that may lose them: there is nothing to wait for but time.
    sleep(FAREWELL).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{Config, Siblings},
        contract::server,
        store::Store,
    };

    /// A server that fails must end, although nobody has stopped it.
    #[tokio::test]
    async fn it_ends_with_a_server_that_was_not_stopped() {
        let server = server("axum-server");
        let mut config = Config::for_tests(server);
        config.siblings.no_gossip = false;
        let (_stop, shutdown) = Shutdown::channel();
        // Whether the port can be had is all the same.
        let app = App::new(server, config, ([127, 0, 0, 1], 50_000).into(), Store::memory(), shutdown);
        let ended = timeout(PAUSE, Gossip::start(&app).ended()).await;
        assert!(ended.is_ok(), "it goes on for ever");
    }

    /// The runtime in the place of that of the requests has neither timers nor sockets here.
    #[test]
    fn it_asks_nothing_of_the_runtime_of_the_requests() {
        let server = server("axum-server");
        let mut config = Config::for_tests(server);
        config.siblings = Siblings {
            no_gossip: false,
            gossip_port: Some(0),
            gossip_seed: vec!["127.0.0.1:1".to_owned()],
            ..config.siblings
        };
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            Builder::new_current_thread().build().expect("a runtime").block_on(async {
                let (_stop, shutdown) = Shutdown::channel();
                let app = App::new(server, config, ([127, 0, 0, 1], 50_000).into(), Store::memory(), shutdown);
                let (gossip, mut members) = (Gossip::start(&app), app.members.0.subscribe());
                let found = members.wait_for(|members| !members.is_empty()).await.is_ok();
                gossip.ended().await;
                _ = tell.send(found);
            });
        });
        assert_eq!(told.recv_timeout(PAUSE), Ok(true), "it does not even see itself");
    }
}
