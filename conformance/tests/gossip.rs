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
    time::{Duration, Instant},
};

/// For all to see each other, counted from the last start.
const MEETING: Duration = Duration::from_secs(5);
/// For all to give up one that was killed.
const MOURNING: Duration = Duration::from_secs(15);
/// For all to hear that one leaves, which it says itself.
const FAREWELL: Duration = Duration::from_secs(2);
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
    fn start(&self, port: u16) -> Process {
        let (port, gossip) = (port.to_string(), self.gossip.to_string());
        let args = ["--store", "memory", "--port", &port, "--gossip-port", &gossip, "--gossip-seed", &self.seeds];
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
            std::thread::sleep(LOOK);
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
