//! Siblings find each other: all six programs, started in any order, see each other soon, notice a death, a farewell and
//! a return, and do without what they cannot have.

// The programs offer more than is needed here.
#[allow(dead_code)]
mod binaries;

use binaries::{Process, Program, SOON};
use conformance::{
    fact::{Fact, json},
    finding::Finding,
    request::Request,
    target::Target,
};
use shared::contract::{SERVERS, Server};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::UdpSocket,
    thread,
    time::{Duration, Instant},
};

/// For all to see each other, counted from the last start.
const MEETING: Duration = Duration::from_secs(5);
/// For all to give up one that was killed.
const MOURNING: Duration = Duration::from_secs(15);
/// For all to hear that one leaves, which it says itself.
const FAREWELL: Duration = Duration::from_secs(2);
/// For a server to say that there is nobody whom it could ask; on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How many clients are relayed at once, and how often each.
const CLIENTS: usize = 4;
const LOAD: usize = 500;
/// Between two looks at the lists.
const LOOK: Duration = Duration::from_millis(50);

/// States by the names of servers.
type List = BTreeMap<String, String>;

/// One of a group that has its own ports.
struct Member {
    program: Program,
    gossip: u16,
    seeds: String,
}

/// The six, none of them started, on ports that are free at this moment.
fn group() -> Vec<Member> {
    let sockets = SERVERS.each_ref().map(|_| UdpSocket::bind("127.0.0.1:0").expect("a free port"));
    let ports = sockets.map(|socket| socket.local_addr().expect("a bound socket").port());
    let seeds = ports.map(|port| format!("127.0.0.1:{port}")).join(",");
    let member = |(server, gossip): (&'static Server, u16)| Member {
        program: Program::new(server),
        gossip,
        seeds: seeds.clone(),
    };
    SERVERS.iter().zip(ports).map(member).collect()
}

impl Member {
    /// Another server, which looks for siblings where this one does and there alone.
    fn sibling(&self, server: &'static Server) -> Member {
        let gossip = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
        Member { program: Program::new(server), gossip, seeds: format!("127.0.0.1:{}", self.gossip) }
    }

    fn start(&self, port: u16) -> Process {
        let (port, gossip) = (port.to_string(), self.gossip.to_string());
        let args = ["--store", "memory", "--port", &port, "--gossip-port", &gossip, "--gossip-seed", &self.seeds];
        let args = [&args[..], &["--relay-rate", "1000000"]].concat();
        let mut command = self.program.command(&args);
        command.env_remove("NO_GOSSIP");
        self.program.start_command(command).unwrap_or_else(|finding| panic!("{finding:?}"))
    }
}

fn list(target: &Target) -> Result<List, Finding> {
    let exchange = target.expect(&Request::get("/members"), &[Fact::Status(200)])?;
    let members = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let members = members.as_array().cloned().unwrap_or_default();
    Ok(members.iter().map(|member| (text(&member["name"]), text(&member["state"]))).collect())
}

/// Waits until `so` holds for the list of each of `targets`.
fn wait<'a>(targets: impl IntoIterator<Item = &'a Target>, limit: Duration, so: impl Fn(&List) -> bool) {
    let begun = Instant::now();
    for target in targets {
        loop {
            let list = list(target).unwrap_or_else(|finding| panic!("{finding:?}"));
            if so(&list) {
                break;
            }
            assert!(begun.elapsed() < limit, "after {limit:?} {} lists {list:?}", target.server.name);
            thread::sleep(LOOK);
        }
    }
}

fn all_alive(list: &List) -> bool {
    let names: BTreeSet<_> = SERVERS.iter().map(|server| server.name).collect();
    list.keys().map(String::as_str).collect::<BTreeSet<_>>() == names && list.values().all(|state| state == "alive")
}

fn is(list: &List, server: &Server, state: &str) -> bool {
    list.get(server.name).is_some_and(|known| known == state)
}

#[test]
fn six_siblings_meet_and_mourn_and_welcome() {
    let group = group();
    // The last ones first: the order is that of nobody's list of seeds.
    let mut siblings: Vec<_> = group.iter().rev().map(|member| member.start(0)).collect();
    siblings.reverse();
    wait(siblings.iter().map(|sibling| &sibling.target), MEETING, all_alive);

    let killed = siblings.remove(4);
    let (server, port) = (killed.target.server, killed.target.address.port());
    killed.signal("KILL");
    killed.ended(SOON).expect("it was killed");
    wait(siblings.iter().map(|sibling| &sibling.target), MOURNING, |list| is(list, server, "gone"));
    siblings.insert(4, group[4].start(port));
    wait(siblings.iter().map(|sibling| &sibling.target), MEETING, all_alive);

    let stopped = siblings.remove(0);
    let server = stopped.target.server;
    stopped.signal("TERM");
    stopped.ended(SOON).and_then(|ended| ended.with(0)).expect("it ends well");
    wait(siblings.iter().map(|sibling| &sibling.target), FAREWELL, |list| is(list, server, "gone"));
}

/// Through each of the six: a sibling that is killed under load costs no client an answer, or one at most, and when all
/// are gone that is said at once.
#[test]
fn a_killed_sibling_is_not_noticed_by_those_who_are_relayed() {
    for (at, member) in group().iter().enumerate() {
        let others = [(at + 1) % 6, (at + 2) % 6, (at + 3) % 6].map(|at| &SERVERS[at]);
        relay_through(member, others);
    }
}

fn relay_through(member: &Member, others: [&'static Server; 3]) {
    let own = member.start(0);
    let mut siblings: Vec<_> = others.map(|server| member.sibling(server).start(0)).into_iter().collect();
    wait([&own.target], MEETING, |list| list.len() == 4 && list.values().all(|state| state == "alive"));
    let failed = thread::scope(|scope| {
        let load = || scope.spawn(|| (0..LOAD).filter(|_| relay(&own.target).0 != 200).count());
        let clients = [(); CLIENTS].map(|()| load());
        let killed = siblings.remove(0);
        killed.signal("KILL");
        killed.ended(SOON).expect("it was killed");
        clients.map(|client| client.join().expect("asking does not panic")).iter().sum::<usize>()
    });
    assert!(failed <= 1, "{failed} failures through {}", own.target.server.name);
    for sibling in siblings {
        sibling.signal("KILL");
        sibling.ended(SOON).expect("it was killed");
    }
    for _ in 0..30 {
        let (status, took) = relay(&own.target);
        assert_eq!(status, 503, "with nobody left, through {}", own.target.server.name);
        assert!(took < AT_ONCE, "it took {took:?} to say so");
    }
}

fn relay(target: &Target) -> (u16, Duration) {
    let begun = Instant::now();
    let exchange = target.ask(&Request::get("/relay")).unwrap_or_else(|finding| panic!("{finding:?}"));
    (exchange.answer.status, begun.elapsed())
}

#[test]
fn a_port_that_is_taken_is_a_warning_and_tried_again() {
    let group = group();
    let taken = UdpSocket::bind(("127.0.0.1", group[0].gossip)).expect("it was free a moment ago");
    let (first, second) = (group[0].start(0), group[1].start(0));
    first.target.expect(&Request::get("/readyz"), &[Fact::Status(200)]).expect("it serves");
    wait([&second.target], MEETING, |list| is(list, second.target.server, "alive"));
    assert!(list(&first.target).expect("a list").is_empty(), "it sees nobody");
    drop(taken);
    let both = |list: &List| list.len() == 2 && list.values().all(|state| state == "alive");
    wait([&first.target, &second.target], 2 * MEETING, both);
    first.signal("TERM");
    let ended = first.ended(SOON).and_then(|ended| ended.with(0)).expect("it ends well");
    assert_eq!(ended.stderr.matches("WARN").count(), 1, "one warning:\n{}", ended.stderr);
}

#[test]
fn without_gossip_there_is_no_socket_for_it() {
    for server in &SERVERS {
        let program = Program::new(server);
        let process = program.start(&["--store", "memory"]).expect("it starts");
        process.target.expect(&Request::get("/members"), &[Fact::Body("[]".into())]).expect("an empty list");
        assert_eq!(udp_sockets(process.pid()), 0, "{}", server.name);
    }
    let with = group()[0].start(0);
    wait([&with.target], MEETING, |list| list.len() == 1);
    assert_eq!(udp_sockets(with.pid()), 1, "with gossip there is one");
}

/// How many UDP sockets a process has, as Linux tells.
fn udp_sockets(pid: u32) -> usize {
    let table = fs::read_to_string("/proc/net/udp").expect("a table of sockets");
    let inodes: BTreeSet<_> = table.lines().skip(1).filter_map(|line| line.split_whitespace().nth(9)).collect();
    let open = fs::read_dir(format!("/proc/{pid}/fd"))
        .expect("descriptors")
        .filter_map(|entry| entry.ok()?.path().read_link().ok());
    let sockets = open.filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()));
    sockets.filter(|inode| inodes.contains(inode.as_str())).count()
}
