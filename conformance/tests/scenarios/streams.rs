//! Bodies and answers that take their time: files up and down, events to many, and clients that leave in the middle.

use super::{CANCELLED, IN_FLIGHT, Kind, SOON, Scenario, leave, millis};
use conformance::{
    client::{Client, Events},
    fact::{Fact, exactly},
    finding::Finding,
    request::Request,
    target::Target,
};
use shared::Error;
use std::{
    io::Read,
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

pub fn all() -> Vec<Scenario> {
    vec![
        ("events_have_a_heartbeat", heartbeat),
        ("events_end_when_the_server_stops", stopped),
        ("a_listener_that_leaves_is_let_go", left),
        ("listeners_leave_no_task_behind", tasks),
        ("a_listener_that_does_not_read_is_dropped_and_hurts_nobody", deaf),
        ("a_client_that_leaves_a_download_ends_it", download_left),
        ("a_download_waits_for_its_reader", slow_reader),
        ("an_upload_that_is_left_leaves_nothing", upload_left),
        ("a_slow_upload_is_no_late_answer", slow_upload),
        ("an_upload_over_the_limit_leaves_the_old_file", over_the_limit),
    ]
}

fn heartbeat(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| config.limits.heartbeat = millis(50));
    let mut events = Events::listen(&running.target, "?limit=1", None)?;
    events.comment(SOON)?;
    // A comment is no event: the limit is not used up.
    make(&running.target, 1)?;
    events.expect().map(|_| ())
}

fn stopped(kind: Kind) -> Result<(), Finding> {
    let mut running = kind.start_plain(|_| {});
    let mut events = Events::listen(&running.target, "", None)?;
    make(&running.target, 1)?;
    events.expect()?;
    let begun = Instant::now();
    running.stop();
    if let Some(event) = events.receive()? {
        return Err(events.finding(format!("{event:?} came at the end")));
    }
    events.closed()?;
    running.ended(SOON).map_err(Finding::new)?;
    super::within(begun, Duration::ZERO, SOON)
}

/// Makes so many todos, one after the other, each of an event of more than a kilobyte.
fn make(target: &Target, count: usize) -> Result<(), Finding> {
    let mut client = target.connect()?;
    let title = "\\u0001".repeat(200);
    for _ in 0..count {
        let request = Request::new("POST", "/todos").json(format!(r#"{{"title":"{title}"}}"#));
        client.send(&request.bytes(&target.host));
        client.receive(false)?.expect(&[Fact::Status(201)])?;
    }
    Ok(())
}

/// Its connection is closed and its task ended, within 100 ms at best, and counted as cancelled.
fn left(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|_| {});
    let target = &running.target;
    leave(target, || {
        let events = Events::listen(target, "", None)?;
        target.await_metric("http_connections", |value| value == 2.0, SOON)?;
        Ok(events)
    })?;
    target.await_metric("http_connections", |value| value == 1.0, SOON)
}

fn tasks(kind: Kind) -> Result<(), Finding> {
    const LISTENERS: usize = 100;
    let running = kind.start_plain(|_| {});
    let target = &running.target;
    target.await_metric("http_connections", |value| value == 1.0, SOON)?;
    let before = settled(|| running.tasks());
    let mut all = (0..LISTENERS).map(|_| Events::listen(target, "", None)).collect::<Result<Vec<_>, _>>()?;
    make(target, 1)?;
    all.iter_mut().try_for_each(|events| events.expect().map(|_| ()))?;
    let during = running.tasks();
    // actix-web's are where nobody counts them.
    if during < before + LISTENERS && kind.server.stack != "actix-web" {
        return Err(Finding::new(format!("{during} tasks for {LISTENERS} listeners: this counts something else")));
    }
    drop(all);
    target.await_metric("http_connections", |value| value == 1.0, SOON)?;
    match settled(|| running.tasks()) {
        after if after <= before => Ok(()),
        after => Err(Finding::new(format!("{before} tasks before the listeners came, {after} after they left"))),
    }
}

/// A number once it stays the same for a while.
fn settled(look: impl Fn() -> usize) -> usize {
    let (mut count, mut since) = (look(), Instant::now());
    while since.elapsed() < millis(200) {
        let now = look();
        if now != count {
            (count, since) = (now, Instant::now());
        }
        thread::yield_now();
    }
    count
}

/// One listens and never reads; another hears everything, and the deaf one is gone in the end.
fn deaf(kind: Kind) -> Result<(), Finding> {
    const EVENTS: usize = 3000;
    let running = kind.start_plain(|config| config.limits.rate_window = millis(300));
    let target = &running.target;
    let mut deaf = target.connect()?;
    deaf.send(&Request::get("/events").bytes(&target.host));
    deaf.receive_head()?;
    let mut events = Events::listen(target, &format!("?limit={EVENTS}"), None)?;
    thread::scope(|scope| {
        let made = scope.spawn(|| make(target, EVENTS));
        for id in 1..=EVENTS {
            let event = events.expect()?;
            if event.id != id.to_string() {
                return Err(Finding::new(format!("event {id} has the number {}: {}", event.id, event.name)));
            }
        }
        made.join().unwrap_or_else(|_| Err(Finding::new("a panic")))
    })?;
    if events.receive()?.is_some() {
        return Err(events.finding("there are more events than changes"));
    }
    drop(events);
    target.await_metric("http_connections", |value| value == 1.0, SOON)
}

fn put(target: &Target, path: &str, size: usize) -> Result<(), Finding> {
    target.expect(&Request::new("PUT", path).body(vec![b'x'; size]), &[Fact::Status(201)]).map(|_| ())
}

/// Reads so many bytes.
fn read(client: &mut TcpStream, size: usize) -> Result<(), Finding> {
    let mut room = vec![0; size];
    client.read_exact(&mut room).map_err(|cause| Finding::new(format!("the download broke off: {cause}")))
}

/// A plain connection that has asked for a file; the kernel shall not read ahead much.
fn download(target: &Target, path: &str) -> Result<TcpStream, Finding> {
    let failed = |cause: std::io::Error| Finding::new(cause.to_string());
    let stream = TcpStream::connect(target.address).map_err(failed)?;
    stream.set_read_timeout(Some(SOON)).map_err(failed)?;
    std::io::Write::write_all(&mut &stream, &Request::get(path).bytes(&target.host)).map_err(failed)?;
    Ok(stream)
}

fn download_left(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|_| {});
    let target = &running.target;
    put(target, "/files/large", 32_000_000)?;
    leave(target, || {
        let mut client = download(target, "/files/large")?;
        read(&mut client, 1000).map(|()| client)
    })?;
    // One that reads to the end is not counted, and what HEAD does not ask for is not read.
    let before = target.metric(CANCELLED)?;
    target.expect(&Request::get("/files/large"), &[Fact::Status(200)])?;
    target.expect(&Request::new("HEAD", "/files/large"), &[Fact::Status(200)])?;
    target.await_metric("http_connections", |value| value == 1.0, SOON)?;
    let after = target.metric(CANCELLED)?;
    if before == after { Ok(()) } else { Err(Finding::new("a whole download was counted as cancelled")) }
}

/// It reads little by little, keeps the rate, and gets everything; the rest of a file that is replaced meanwhile too.
fn slow_reader(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| {
        config.limits.rate_window = millis(300);
        config.limits.request_timeout = millis(300);
    });
    let target = &running.target;
    put(target, "/files/large", 4_000_000)?;
    let mut client = download(target, "/files/large")?;
    read(&mut client, 1000)?;
    target.expect(&Request::new("PUT", "/files/large").body("small"), &[Fact::Status(200)])?;
    for _ in 0..10 {
        read(&mut client, 100_000)?;
        thread::sleep(millis(50));
    }
    let mut rest = Vec::new();
    std::io::Write::write_all(
        &mut &client,
        &Request::get("/files/large").field("connection", "close").bytes(&target.host),
    )
    .and_then(|()| client.read_to_end(&mut rest))
    .map_err(|cause| Finding::new(format!("the download broke off: {cause}")))?;
    let file = rest.iter().take_while(|byte| **byte == b'x').count();
    if file > 2_998_000 && rest.ends_with(b"small") {
        Ok(())
    } else {
        Err(Finding::new("the rest is not the old file's"))
    }
}

fn begin_upload(target: &Target, path: &str) -> Result<Client, Finding> {
    let mut client = target.connect()?;
    let head = format!("PUT {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: 1000000\r\n\r\n", target.host);
    client.send(head.as_bytes());
    client.send(&[b'x'; 500_000]);
    Ok(client)
}

fn upload_left(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|_| {});
    let target = &running.target;
    target.expect(&Request::new("PUT", "/files/old").body("old"), &[Fact::Status(201)])?;
    for path in ["/files/old", "/files/new"] {
        let client = begin_upload(target, path)?;
        target.await_metric(IN_FLIGHT, |value| value == 2.0, SOON)?;
        drop(client);
        target.await_metric(IN_FLIGHT, |value| value == 1.0, millis(1000))?;
    }
    target.expect(&Request::get("/files/old"), &[Fact::Body("old".into())])?;
    target.expect(&Request::get("/files/new"), &[exactly(&Error::NotFound)]).map(|_| ())
}

/// It takes longer than the request timeout, and keeps its rate.
fn slow_upload(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| config.limits.request_timeout = millis(200));
    let target = &running.target;
    let mut client = begin_upload(target, "/files/slow")?;
    for _ in 0..10 {
        thread::sleep(millis(50));
        client.send(&[b'x'; 50_000]);
    }
    client.receive(false)?.expect(&[Fact::Status(201)])
}

/// By length it is refused at once, in chunks as soon as it is over.
fn over_the_limit(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| config.limits.max_upload_bytes = 1000);
    let target = &running.target;
    let put = |size: usize| Request::new("PUT", "/files/a").body(vec![b'x'; size]);
    target.expect(&put(1000), &[Fact::Status(201)])?;
    for request in [put(1001), put(1001).chunked(), put(300_000), put(300_000).chunked()] {
        target.expect(&request, &[exactly(&Error::TooLarge(1000))])?;
    }
    target.expect(&put(1000).chunked(), &[Fact::Status(200)])?;
    target.expect(&Request::get("/files/a"), &[Fact::Body("x".repeat(1000))]).map(|_| ())
}
