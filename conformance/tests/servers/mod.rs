//! The six servers, started in this process on a free port.

// Each test program uses a part of this.
#![allow(dead_code)]

use conformance::target::Target;
use shared::{
    App, Shutdown, Stop,
    config::Config,
    contract::{self, Server},
    domain::{Member, MemberState, Sibling},
    store::Store,
};
use std::{
    io,
    net::{SocketAddr, TcpListener},
    num::NonZeroU32,
    sync::{
        Mutex, OnceLock,
        mpsc::{self, Receiver},
    },
    thread,
    time::{Duration, SystemTime},
};
use tokio::runtime::{Builder, Handle, Runtime};

/// How long a server may take to end, drain included.
pub const END: Duration = Duration::from_secs(15);

/// Serves until it is told to stop.
pub type Serve = fn(&Runtime, TcpListener, App, Shutdown) -> io::Result<()>;

/// The six, in the contract's order, each with its `serve`.
pub fn all() -> Vec<(&'static Server, Serve)> {
    macro_rules! servers {
        ($($name:literal => $krate:ident),* $(,)?) => {
            // A future of actix-web's cannot be sent: each runs where it was made.
            vec![$((contract::server($name), |runtime, listener, app, shutdown| {
                runtime.block_on($krate::serve(listener, app, shutdown))
            })),*]
        };
    }
    servers! {
        "hyper-server" => hyper_server,
        "hyper-router-server" => hyper_router_server,
        "axum-server" => axum_server,
        "actix-web-server" => actix_web_server,
        "warp-server" => warp_server,
        "handrolled-server" => handrolled_server,
    }
}

fn runtime() -> Runtime {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime can be built")
}

/// A server that runs until this is dropped.
pub struct Running {
    pub app: App,
    pub address: SocketAddr,
    pub target: Target,
    runtime: Handle,
    stop: Option<Stop>,
    ended: Mutex<Receiver<io::Result<()>>>,
    over: bool,
}

/// Starts a server with its default limits and an empty store in memory.
pub fn start(server: &'static Server, serve: Serve) -> Running {
    start_with(server, serve, Store::memory(), |_| {})
}

/// Starts a server with this store, after `change` has had its way with the configuration.
pub fn start_with(server: &'static Server, serve: Serve, store: Store, change: impl FnOnce(&mut Config)) -> Running {
    let mut config = Config::for_tests(server);
    config.workers = Some(2);
    config.siblings.relay_rate = NonZeroU32::MAX;
    change(&mut config);
    launch(server, serve, store, config, vec![companion()])
}

/// Starts a server that has no sibling.
pub fn start_alone(server: &'static Server, serve: Serve) -> Running {
    launch(server, serve, Store::memory(), Config::for_tests(server), Vec::new())
}

/// The one sibling that every server here has, and that has none itself. Its name is none of the six: what a server calls
/// itself is left out of comparisons.
fn companion() -> Member {
    static COMPANION: OnceLock<Running> = OnceLock::new();
    let running = COMPANION.get_or_init(|| {
        let (server, serve) = all().remove(0);
        launch(server, serve, Store::memory(), Config::for_tests(server), Vec::new())
    });
    let sibling = Sibling { name: "companion".to_owned(), address: running.address, version: "0.1.0".to_owned() };
    Member { sibling, state: MemberState::Alive, since: SystemTime::UNIX_EPOCH }
}

fn launch(server: &'static Server, serve: Serve, store: Store, config: Config, members: Vec<Member>) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("a bound socket");
    let (stop, shutdown) = Shutdown::channel();
    let app = App::new(server, config, address, store, shutdown.clone());
    app.members.publish(members);
    let own = app.clone();
    let (tell, ended) = mpsc::channel();
    let runtime = runtime();
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name(server.name.to_owned())
        .spawn(move || {
            let result = serve(&runtime, listener, app, shutdown);
            drop(runtime);
            tell.send(result)
        })
        .expect("a thread");
    let target = Target::new(address, server);
    Running { app: own, address, target, runtime: handle, stop: Some(stop), ended: Mutex::new(ended), over: false }
}

impl Running {
    /// How many tasks the server's runtime has; those of actix-web's workers are not among them.
    pub fn tasks(&self) -> usize {
        self.runtime.metrics().num_alive_tasks()
    }

    /// Begins the end.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.stop();
        }
    }

    /// Lets go of the handle without a word, which is a stop as well.
    pub fn abandon(&mut self) {
        self.stop = None;
    }

    /// Waits for the end.
    pub fn ended(&mut self, patience: Duration) -> Result<(), String> {
        let ended = self.ended.get_mut().expect("no thread panics while it waits");
        let result = ended.recv_timeout(patience).map_err(|_| format!("serve has not returned within {patience:?}"));
        self.over = true;
        result?.map_err(|cause| format!("serve returned an error: {cause}"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
        if !self.over
            && let Err(why) = self.ended(END)
        {
            eprintln!("{}: {why}", self.target.server.name);
        }
    }
}
