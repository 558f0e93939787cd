//! How it listens: actix's server, with the guard of the other five in front of actix's HTTP/1.1.
//!
//! [`HttpServer`](actix_web::HttpServer) speaks to plain sockets only. What it does is put together
//! here from its parts, as it does itself (actix-http's
//! [examples](https://github.com/actix/actix-web/tree/main/actix-http/examples)), with a guarded socket.
//! All of actix's own timers are off: the guard's cover every request of a connection.

use crate::middleware::interim::{self, Guarded};
use actix_http::{HttpService, HttpServiceBuilder, KeepAlive, Protocol};
use actix_server::Server;
use actix_service::{Service, ServiceFactory, ServiceFactoryExt, apply_fn_factory, fn_service, map_config};
use actix_web::dev::AppConfig;
use listen::{Guard, Limits};
use shared::{App, Shutdown, contract::upgrade_path, policy::in_flight::InFlight};
use std::{
    future::ready,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpStream, select, sync::Semaphore, task::yield_now, time::sleep};

/// Serves until `shutdown`, then drains: idle connections close, what is in flight has the drain
/// time to finish.
///
/// # Errors
/// When the listener cannot be used at all.
pub async fn serve(
    listener: TcpListener,
    app: App,
    in_flight: InFlight,
    shutdown: Shutdown,
    workers: usize,
) -> io::Result<()> {
    let door = Door::new(&app, shutdown.clone());
    let serving = {
        let door = door.clone();
        move || worker(&app, &in_flight, &door)
    };
    let server = Server::build()
        .workers(workers)
        // Per worker; the door keeps the sum.
        .max_concurrent_connections(door.limits.connections.div_ceil(workers))
        .shutdown_signal(shutdown.clone().begun())
        // In whole seconds; the door keeps the exact time.
        .shutdown_timeout(door.limits.drain_timeout.as_secs() + 2)
        .listen(crate::SERVER.name, listener, serving)?
        .run();
    select! {
        biased;
        ended = server => ended,
        // actix looks once a second whether the last connection is gone.
        () = async { shutdown.begun().await; door.empty().await } => Ok(()),
    }
}

/// What one worker does with a connection.
fn worker(
    app: &App,
    in_flight: &InFlight,
    door: &Door,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = (), InitError = ()> + use<> {
    let (routes, draining) = (crate::app(app, in_flight), door.shutdown.clone());
    let http = HttpService::build()
        .keep_alive(KeepAlive::Os)
        .client_request_timeout(Duration::ZERO)
        .client_disconnect_timeout(Duration::ZERO)
        .h1_allow_half_closed(false)
        .graceful_shutdown_signal(move || drain(draining.clone()))
        .on_connect_ext(Guarded::introduce);
    // Not written as a method, so that nobody takes it for that of `Option`.
    let http = HttpServiceBuilder::expect(http, fn_service(|request| ready(interim::ask(request))));
    let http = http.finish(map_config(routes, |_| AppConfig::default()));
    let (entrance, exit) = (door.clone(), door.clone());
    let connection = fn_service(move |stream| entrance.clone().admit(stream)).and_then(http.map_err(drop));
    apply_fn_factory(connection, move |stream, connection: &_| {
        let served = Service::call(connection, stream);
        exit.clone().limit(served)
    })
}

/// The end as actix's dispatcher learns of it, after which it begins no request, not even one that has come before.
/// So it learns two turns late: in the first its worker hears from the system which sockets have something, in the
/// second the dispatcher reads.
async fn drain(shutdown: Shutdown) {
    shutdown.begun().await;
    yield_now().await;
    yield_now().await;
}

/// What the guard must keep.
fn limits(app: &App) -> Limits {
    let limits = &app.config.limits;
    Limits {
        connections: limits.max_connections.min(Semaphore::MAX_PERMITS).min(u32::MAX as usize),
        head_bytes: limits.max_head_bytes,
        target_bytes: limits.max_target_bytes,
        head_timeout: limits.head_timeout,
        idle_timeout: limits.idle_timeout,
        min_rate: limits.min_rate,
        rate_window: limits.rate_window,
        drain_timeout: limits.drain_timeout,
        upgrade_path: upgrade_path(),
        ..Limits::default()
    }
}

/// Lets connections in, counts them, and puts a guard in front of each. All workers share it.
#[derive(Clone)]
struct Door {
    app: App,
    shutdown: Shutdown,
    limits: Arc<Limits>,
    slots: Arc<Semaphore>,
}

impl Door {
    fn new(app: &App, shutdown: Shutdown) -> Self {
        let limits = Arc::new(limits(app));
        let slots = Arc::new(Semaphore::new(limits.connections));
        Door { app: app.clone(), shutdown, limits, slots }
    }

    /// What actix's dispatcher is to serve, once there is room.
    async fn admit(self, stream: TcpStream) -> Result<(Guarded, Protocol, Option<SocketAddr>), ()> {
        let slot = select! {
            slot = Arc::clone(&self.slots).acquire_owned() => slot,
            () = self.shutdown.begun() => return Err(()),
        };
        let (mut guard, connection) = Guard::new(stream, self.limits);
        guard.keep((self.app.metrics.connection(), slot));
        // To actix a broken body is the end of all input, and it would give up a handler that waits.
        connection.watch_bodies();
        let peer = connection.peer();
        Ok((Guarded::new(guard, connection), Protocol::Http1, peer))
    }

    /// Gives a connection up when the drain time is over.
    async fn limit(self, served: impl Future<Output = Result<(), ()>>) -> Result<(), ()> {
        let over = async {
            self.shutdown.begun().await;
            sleep(self.limits.drain_timeout).await;
        };
        select! {
            biased;
            served = served => served,
            () = over => Err(()),
        }
    }

    /// Resolves once nobody is in.
    async fn empty(&self) {
        let all = u32::try_from(self.limits.connections).unwrap_or(u32::MAX);
        // Only a closed semaphore is an error, and it stays open.
        let _ = self.slots.acquire_many(all).await;
    }
}
