//! Logs, and the figures of `/metrics`.

mod requests;

use crate::{
    config::LogFormat,
    contract::{self, Operation},
};
use metrics::{Counter, Gauge, counter, gauge, with_local_recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use requests::{Method, Requests};
use std::{
    fmt::Display,
    io::IsTerminal,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tracing::Span;
use tracing_subscriber::EnvFilter;

/// Upper bounds of the latency histogram, in seconds.
const BUCKETS: [f64; 10] = [0.0001, 0.000_25, 0.001, 0.0025, 0.01, 0.05, 0.25, 1.0, 5.0, 30.0];

/// After so many requests their latencies are sorted into the buckets. Until then each is kept as it is, and who
/// asks for `/metrics` comes too rarely to rely on
/// ([upkeep](https://docs.rs/metrics-exporter-prometheus/0.18/metrics_exporter_prometheus/#upkeep-and-maintenance)).
const UPKEEP: u32 = 4096;

/// What is logged unless `RUST_LOG` says otherwise. chitchat warns of every message that it cannot send, twice a second.
const USUAL: &str = "info,chitchat=error";

/// Sends logs to standard error: `RUST_LOG` chooses which (`info` unless set), colours only on a
/// terminal and only without [`NO_COLOR`](https://no-color.org).
///
/// # Errors
/// One line, when `RUST_LOG` cannot be read.
pub fn log(format: LogFormat) -> Result<(), String> {
    let wanted = std::env::var("RUST_LOG").ok().filter(|text| !text.is_empty()).unwrap_or_else(|| USUAL.to_owned());
    let filter = EnvFilter::try_new(&wanted).map_err(|cause| format!("RUST_LOG={wanted}: {cause}"))?;
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colours = !plain && std::io::stderr().is_terminal();
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second call finds the first one's subscriber in place and leaves it.
    let _ = match format {
        LogFormat::Text => subscriber.with_ansi(colours).try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
    Ok(())
}

/// The figures of one server; cheap to clone. Not a global recorder: several servers may live in one process.
#[derive(Clone)]
pub struct Metrics(Arc<Figures>);

struct Figures {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    requests: Requests,
    /// Told to its gauge when somebody asks: a count costs a request less than a gauge.
    in_flight: AtomicU32,
    cancelled: Counter,
    connections: Gauge,
    /// Requests answered, for [`UPKEEP`]; it may wrap.
    answered: AtomicU32,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let builder = PrometheusBuilder::new();
        // Only an empty list of bounds is refused, and ours is not empty.
        let builder = builder
            .set_buckets_for_metric(Matcher::Full("http_request_duration_seconds".into()), &BUCKETS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let (cancelled, connections) = with_local_recorder(&recorder, || {
            describe();
            (counter!("http_requests_cancelled_total"), gauge!("http_connections"))
        });
        let (handle, requests) = (recorder.handle(), Requests::new());
        let (in_flight, answered) = (AtomicU32::default(), AtomicU32::default());
        Metrics(Arc::new(Figures { recorder, handle, requests, in_flight, cancelled, connections, answered }))
    }

    /// In Prometheus' text format.
    pub fn render(&self) -> String {
        self.on(|| gauge!("http_requests_in_flight").set(self.0.in_flight.load(Ordering::Relaxed)));
        self.0.handle.run_upkeep();
        self.0.handle.render()
    }

    /// How many siblings there are of each state; only said where siblings are looked for.
    pub fn members(&self, counts: impl IntoIterator<Item = (&'static str, usize)>) {
        self.on(|| {
            metrics::describe_gauge!(
                "gossip_members",
                "Siblings that gossip has found, this server among them, by state."
            );
            for (state, count) in counts {
                metrics::gauge!("gossip_members", "state" => state).set(u32::try_from(count).unwrap_or(u32::MAX));
            }
        });
    }

    /// One more connection is open, until what this gives is dropped.
    pub fn connection(&self) -> Connection {
        self.0.connections.increment(1);
        Connection(self.clone())
    }

    fn end(&self, request: &Watch, status: Option<u16>, took: Duration) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
        let Some(status) = status else {
            self.0.cancelled.increment(1);
            return;
        };
        self.0.requests.count(self, request.operation, request.method, status, took);
        if self.0.answered.fetch_add(1, Ordering::Relaxed) % UPKEEP == UPKEEP - 1 {
            self.0.handle.run_upkeep();
        }
    }

    /// Has whatever `record` counts counted here.
    pub(crate) fn on<T>(&self, record: impl FnOnce() -> T) -> T {
        with_local_recorder(&self.0.recorder, record)
    }
}

/// An open connection. Each adds one and takes one away: two that end at the same moment cannot report a number that
/// is no longer so.
pub struct Connection(Metrics);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.0.connections.decrement(1);
    }
}

fn describe() {
    metrics::describe_counter!("http_requests_total", "Requests answered, by operation, method and status.");
    metrics::describe_histogram!("http_request_duration_seconds", "From the head of a request to that of its answer.");
    metrics::describe_gauge!("http_requests_in_flight", "Requests without an answer yet.");
    metrics::describe_gauge!("http_connections", "Open connections.");
    metrics::describe_counter!(
        "http_requests_cancelled_total",
        "Requests whose client left before the end of the answer."
    );
}

/// An answer that is long in coming, a file or events: if it is dropped between its first part and its last,
/// the client has left, and the request counts as cancelled.
pub struct LongAnswer {
    metrics: Metrics,
    open: bool,
}

impl LongAnswer {
    /// One that has not begun: an answer to HEAD never does.
    pub fn new(metrics: &Metrics) -> Self {
        LongAnswer { metrics: metrics.clone(), open: false }
    }

    /// Some of it is asked for.
    pub fn begin(&mut self) {
        self.open = true;
    }

    /// The last of it is out.
    pub fn end(&mut self) {
        self.open = false;
    }
}

impl Drop for LongAnswer {
    fn drop(&mut self) {
        if self.open {
            self.metrics.0.cancelled.increment(1);
        }
    }
}

/// One request under way: counted from [`Watch::begin`] to [`Watch::answered`], or to its drop, which means that
/// the client left and the work was cancelled. Writes the access log's line.
pub struct Watch {
    metrics: Metrics,
    operation: Option<Operation>,
    method: Method,
    /// Only where somebody reads it; boxed, as a watch is moved with every answer.
    line: Option<Box<Line>>,
    begun: Instant,
    answered: bool,
}

/// The span that carries a request's id into every line logged on its way.
pub fn span(id: &dyn Display) -> Span {
    tracing::info_span!("request", id = %id)
}

/// What the access log says of a request.
struct Line {
    method: String,
    path: String,
    id: String,
}

impl Watch {
    /// A request has come. Its id is only written out where somebody reads it.
    pub fn begin(metrics: &Metrics, method: &str, path: &str, id: &dyn Display) -> Self {
        metrics.0.in_flight.fetch_add(1, Ordering::Relaxed);
        Watch {
            metrics: metrics.clone(),
            operation: contract::operation(method, path),
            method: Method::of(method),
            line: tracing::enabled!(target: "access", tracing::Level::INFO).then(|| {
                let (method, path, id) = (method.to_owned(), path.to_owned(), id.to_string());
                Box::new(Line { method, path, id })
            }),
            begun: Instant::now(),
            answered: false,
        }
    }

    /// What the request is for, if the contract knows it.
    pub fn operation(&self) -> Option<Operation> {
        self.operation
    }

    /// The answer is ready.
    pub fn answered(mut self, status: u16) {
        self.answered = true;
        let took = self.begun.elapsed();
        self.metrics.end(&self, Some(status), took);
        if let Some(Line { method, path, id }) = self.line.as_deref() {
            tracing::info!(target: "access", %id, %method, %path, status, micros = took.as_micros() as u64);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.answered {
            let took = self.begun.elapsed();
            self.metrics.end(self, None, took);
            if let Some(Line { method, path, id }) = self.line.as_deref() {
                tracing::info!(target: "access", %id, %method, %path, cancelled = true, micros = took.as_micros() as u64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_operation_method_and_status() {
        let metrics = Metrics::new();
        Watch::begin(&metrics, "GET", "/todos/7", &"x").answered(404);
        Watch::begin(&metrics, "GET", "/todos/8", &"x").answered(404);
        drop(Watch::begin(&metrics, "BREW", "/todos", &"x"));
        // Neither is known here.
        Watch::begin(&metrics, "BREW", "/todos", &"x").answered(418);
        Watch::begin(&metrics, "HEAD", "/nowhere", &"x").answered(404);
        let [mut unbegun, mut whole, mut cut] = [(); 3].map(|()| LongAnswer::new(&metrics));
        unbegun.end();
        whole.begin();
        whole.end();
        cut.begin();
        drop((unbegun, whole, cut));
        let text = metrics.render();
        for line in [
            r#"http_requests_total{operation="get_todo",method="GET",status="404"} 2"#,
            r#"http_request_duration_seconds_count{operation="get_todo",method="GET"} 2"#,
            r#"http_requests_total{operation="none",method="other",status="418"} 1"#,
            r#"http_requests_total{operation="none",method="HEAD",status="404"} 1"#,
            "http_requests_in_flight 0",
            "http_requests_cancelled_total 2",
            "# TYPE http_request_duration_seconds histogram",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
