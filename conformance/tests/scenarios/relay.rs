//! Siblings that are asked in turn: the good ones equally often, the bad ones not for long; and clients that ask too often.

mod sibling;

use super::{Kind, SOON, Scenario, millis, within};
use crate::servers::Running;
use conformance::{
    client::Exchange,
    fact::{Fact, exactly, field},
    finding::Finding,
    request::Request,
    target::Target,
};
use shared::{
    Error,
    config::Config,
    domain::{Member, MemberState},
};
use sibling::{Habit, Sibling};
use std::{
    net::{IpAddr, SocketAddr, TcpStream},
    num::NonZeroU32,
    time::{Duration, Instant},
};

/// For all siblings together; half of it for each.
const LIMIT: Duration = millis(600);
const PAUSE: Duration = millis(300);
/// Longer than any of these scenarios.
const LONG: Duration = Duration::from_secs(60);
const UNREACHABLE: Error = Error::Unavailable("The sibling cannot be reached.");

pub fn all() -> Vec<Scenario> {
    vec![
        ("siblings_are_asked_in_turn", in_turn),
        ("connections_to_siblings_are_kept", kept),
        ("the_request_id_goes_along", request_id),
        ("only_others_that_are_alive_are_asked", only_living_others),
        ("a_sibling_that_fails_is_made_up_for", made_up_for),
        ("a_sibling_that_keeps_failing_is_left_alone", left_alone),
        ("a_sibling_that_hangs_costs_half_of_the_time", hangs),
        ("wrong_answers_are_502", wrong_answers),
        ("late_answers_are_504", late),
        ("with_all_gone_503_at_once", all_gone),
        ("a_sibling_that_comes_back_is_asked_again", comes_back),
        ("a_client_that_asks_too_often_is_429", too_often),
        ("the_figures_of_relaying_are_told", figures),
    ]
}

fn start(kind: Kind, siblings: &[&Sibling], change: impl FnOnce(&mut Config)) -> Running {
    let running = kind.start_plain(|config| {
        config.siblings.relay_timeout = LIMIT;
        config.siblings.breaker_pause = LONG;
        change(config);
    });
    running.app.members.publish(siblings.iter().map(|sibling| sibling.member(MemberState::Alive)).collect());
    running
}

fn relay() -> Request {
    Request::get("/relay")
}

/// Who has answered, if all is well.
fn served(target: &Target) -> Result<String, Finding> {
    let exchange = target.expect(&relay(), &[Fact::Status(200), Fact::Body(sibling::MESSAGE.into())])?;
    Ok(exchange.answer.field("x-served-by").unwrap_or_default().to_owned())
}

fn ensure(so: bool, what: impl FnOnce() -> String) -> Result<(), Finding> {
    if so { Ok(()) } else { Err(Finding::new(what())) }
}

fn in_turn(kind: Kind) -> Result<(), Finding> {
    let siblings = ["a", "b", "c"].map(|name| Sibling::new(name, Habit::Good));
    let running = start(kind, &siblings.each_ref(), |_| {});
    let order = (0..9).map(|_| served(&running.target)).collect::<Result<Vec<_>, _>>()?;
    ensure(order.chunks(3).all(|round| round == &order[..3]), || format!("the order is {order:?}"))?;
    ensure(siblings.iter().all(|sibling| sibling.asked() == 3), || "they were not asked equally often".to_owned())
}

fn kept(kind: Kind) -> Result<(), Finding> {
    let sibling = Sibling::new("a", Habit::Good);
    let running = start(kind, &[&sibling], |config| config.workers = Some(1));
    for _ in 0..20 {
        served(&running.target)?;
    }
    ensure(sibling.connections() == 1, || format!("there were {} connections", sibling.connections()))
}

fn request_id(kind: Kind) -> Result<(), Finding> {
    let sibling = Sibling::new("a", Habit::Good);
    let running = start(kind, &[&sibling], |_| {});
    running.target.expect(&relay().field("x-request-id", "the-one"), &[Fact::Status(200)])?;
    let made = running.target.expect(&relay(), &[Fact::Status(200)])?;
    let ids = sibling.request_ids();
    let wanted = ["the-one", made.answer.field("x-request-id").unwrap_or_default()];
    ensure(ids == wanted, || format!("the sibling has heard {ids:?}, not {wanted:?}"))
}

fn only_living_others(kind: Kind) -> Result<(), Finding> {
    let [alive, suspected, gone] = ["a", "b", "c"].map(|name| Sibling::new(name, Habit::Good));
    let running = start(kind, &[], |_| {});
    let itself = shared::domain::Sibling {
        name: kind.server.name.to_owned(),
        address: running.app.advertised,
        version: "0.1.0".to_owned(),
    };
    let itself = Member { sibling: itself, ..alive.member(MemberState::Alive) };
    let others = [suspected.member(MemberState::Suspected), gone.member(MemberState::Gone), itself];
    let nobody = [exactly(&Error::Unavailable("No sibling is alive.")), field("retry-after", "1")];
    for members in [Vec::new(), others.to_vec()] {
        running.app.members.publish(members);
        running.target.expect(&relay(), &nobody)?;
    }
    running.app.members.publish([alive.member(MemberState::Alive)].into_iter().chain(others).collect());
    for _ in 0..4 {
        ensure(served(&running.target)? == "a", || "another than the only one was asked".to_owned())?;
    }
    Ok(())
}

/// Whatever a sibling does wrong, the client notices nothing while there is another.
fn made_up_for(kind: Kind) -> Result<(), Finding> {
    let good = Sibling::new("good", Habit::Good);
    for habit in Habit::BAD {
        let bad = Sibling::new("bad", habit);
        let running = start(kind, &[&bad, &good], |_| {});
        for _ in 0..4 {
            ensure(served(&running.target)? == "good", || format!("{habit:?} was taken for an answer"))?;
        }
        ensure(bad.asked() == 2, || format!("{habit:?} was asked {} times in four", bad.asked()))?;
    }
    Ok(())
}

/// Five failures in a row, and it is not asked again.
fn left_alone(kind: Kind) -> Result<(), Finding> {
    let (bad, good) = (Sibling::new("bad", Habit::Status(500)), Sibling::new("good", Habit::Good));
    let running = start(kind, &[&bad, &good], |_| {});
    for _ in 0..30 {
        served(&running.target)?;
    }
    ensure(bad.asked() == 5, || format!("it was asked {} times", bad.asked()))?;
    let state = running.target.metric(&format!("relay_breaker_state{{sibling=\"bad@{}\"}}", bad.address()))?;
    ensure(state == 2.0, || format!("its breaker is in the state {state}"))
}

fn hangs(kind: Kind) -> Result<(), Finding> {
    let (bad, good) = (Sibling::new("bad", Habit::Silent), Sibling::new("good", Habit::Good));
    let running = start(kind, &[&bad, &good], |_| {});
    for _ in 0..2 {
        let begun = Instant::now();
        served(&running.target)?;
        within(begun, Duration::ZERO, LIMIT / 2 + SOON)?;
    }
    ensure(bad.asked() == 1, || "it has not had its turn".to_owned())
}

fn wrong_answers(kind: Kind) -> Result<(), Finding> {
    for habit in Habit::BAD.into_iter().filter(|habit| !matches!(habit, Habit::Silent | Habit::Refuses)) {
        let bad = Sibling::new("bad", habit);
        let running = start(kind, &[&bad], |_| {});
        let refused = running.target.ask(&relay())?;
        refused
            .expect(&[exactly(&Error::BadGateway), Fact::Lacks("x-served-by")])
            .map_err(|finding| Finding { what: format!("{habit:?}: {}", finding.what), ..finding })?;
    }
    Ok(())
}

fn late(kind: Kind) -> Result<(), Finding> {
    let bad = ["a", "b"].map(|name| Sibling::new(name, Habit::Silent));
    let running = start(kind, &bad.each_ref(), |_| {});
    let begun = Instant::now();
    running.target.expect(&relay(), &[Fact::Problem(504, "timeout")])?;
    within(begun, LIMIT, LIMIT + SOON)?;
    ensure(bad.iter().all(|sibling| sibling.asked() == 1), || "not both were asked".to_owned())
}

fn all_gone(kind: Kind) -> Result<(), Finding> {
    let bad = ["a", "b", "c"].map(|name| Sibling::new(name, Habit::Refuses));
    let running = start(kind, &bad.each_ref(), |config| config.siblings.breaker_pause = Duration::from_secs(40));
    let begun = Instant::now();
    // Five failures each open the breakers; two are asked for each request.
    let unreachable = running.target.expect(&relay(), &[exactly(&UNREACHABLE), field("retry-after", "1")])?;
    let mut last = unreachable;
    for _ in 0..9 {
        last = running.target.expect(&relay(), &[Fact::Problem(503, "unavailable")])?;
    }
    last.expect(&[exactly(&Error::Tripped(Duration::ZERO))])?;
    within(begun, Duration::ZERO, SOON)?;
    let wait: u64 = last.answer.field("retry-after").and_then(|wait| wait.parse().ok()).unwrap_or_default();
    ensure((30..=40).contains(&wait), || format!("the pause of 40 s is told as {wait}"))
}

fn comes_back(kind: Kind) -> Result<(), Finding> {
    let sibling = Sibling::new("a", Habit::Status(500));
    let running = start(kind, &[&sibling], |config| config.siblings.breaker_pause = PAUSE);
    for _ in 0..5 {
        running.target.expect(&relay(), &[exactly(&Error::BadGateway)])?;
    }
    sibling.change(Habit::Good);
    let opened = Instant::now();
    running.target.expect(&relay(), &[exactly(&Error::Tripped(PAUSE)), field("retry-after", "1")])?;
    let again = loop {
        let exchange = running.target.ask(&relay())?;
        if exchange.answer.status == 200 || opened.elapsed() > PAUSE + SOON {
            break exchange;
        }
    };
    again.expect(&[Fact::Status(200)])?;
    ensure(sibling.asked() == 6, || format!("it was asked {} times", sibling.asked()))?;
    served(&running.target).map(|_| ())
}

/// Each client has a measure of its own, for this route and its GET alone.
fn too_often(kind: Kind) -> Result<(), Finding> {
    let sibling = Sibling::new("a", Habit::Good);
    let rate = NonZeroU32::new(3).expect("not zero");
    let running = start(kind, &[&sibling], |config| config.siblings.relay_rate = rate);
    let target = &running.target;
    let begun = Instant::now();
    let refused = loop {
        let exchange = target.ask(&relay())?;
        if exchange.answer.status != 200 {
            break exchange;
        }
        ensure(begun.elapsed() < SOON, || "nothing is too often".to_owned())?;
    };
    refused.expect(&[exactly(&Error::TooManyRequests(Duration::ZERO)), field("retry-after", "1")])?;
    ensure(sibling.asked() >= 3, || format!("only {} were let by", sibling.asked()))?;
    for request in [Request::new("POST", "/relay"), Request::new("OPTIONS", "/relay"), Request::get("/json")] {
        let exchange = target.ask(&request)?;
        ensure(exchange.answer.status != 429, || format!("{} {} is too often", request.method, request.target))?;
    }
    from([127, 0, 0, 2].into(), target.address)?.expect(&[Fact::Status(200)])
}

/// The answer to a client at another address of this machine.
fn from(client: IpAddr, server: SocketAddr) -> Result<Exchange, Finding> {
    let failed = |cause: std::io::Error| Finding::new(cause.to_string());
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).map_err(failed)?;
    socket.bind(&SocketAddr::new(client, 0).into()).map_err(failed)?;
    socket.connect(&server.into()).map_err(failed)?;
    let mut client = conformance::client::Client::of(TcpStream::from(socket), SOON)?;
    client.send(&relay().bytes("127.0.0.1"));
    client.receive(false)
}

fn figures(kind: Kind) -> Result<(), Finding> {
    let (bad, good) = (Sibling::new("bad", Habit::Status(500)), Sibling::new("good", Habit::Good));
    let running = start(kind, &[&bad, &good], |_| {});
    for _ in 0..4 {
        served(&running.target)?;
    }
    running.app.members.publish(Vec::new());
    running.target.expect(&relay(), &[Fact::Status(503)])?;
    let attempts = |sibling: &Sibling, outcome: &str| {
        format!("relay_attempts_total{{sibling=\"{}@{}\",outcome=\"{outcome}\"}}", sibling.name(), sibling.address())
    };
    let wanted = [
        (attempts(&bad, "wrong"), 2.0),
        (attempts(&good, "ok"), 4.0),
        ("relay_retries_total".to_owned(), 2.0),
        ("relay_refused_total".to_owned(), 1.0),
        ("relay_limited_total".to_owned(), 0.0),
    ];
    wanted.iter().try_for_each(|(series, wanted)| {
        let value = running.target.metric(series)?;
        ensure(value == *wanted, || format!("{series} is {value}, not {wanted}"))
    })
}
