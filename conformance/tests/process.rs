//! The six programs as their users run them: flags, mistakes, signals, and what survives a kill.

mod binaries;

use binaries::{Ended, Program, SOON};
use clap::CommandFactory;
use conformance::{
    case::Given,
    check::{self, Needs},
    fact::{Fact, json},
    finding::Finding,
    report::{Outcome, told, weigh},
    request::Request,
    target::Target,
};
use libtest_mimic::{Arguments, Trial};
use shared::{
    config::Config,
    contract::{SERVERS, Server},
};
use std::{
    fs,
    net::{TcpListener, TcpStream},
    process::ExitCode,
    time::{Duration, Instant},
};

type Scenario = (&'static str, fn(Program) -> Result<(), Finding>);

const SCENARIOS: &[Scenario] = &[
    ("help_names_every_flag", help),
    ("a_wrong_flag_is_one_line", wrong_flag),
    ("a_wrong_variable_is_one_line", wrong_variable),
    ("a_taken_port_is_one_line", taken_port),
    ("a_data_folder_that_cannot_be_made_is_one_line", no_folder),
    ("a_corrupt_database_is_one_line_and_left_alone", corrupt),
    ("variables_are_read_and_flags_win", variables),
    ("sigterm_ends_with_0", sigterm),
    ("sigint_ends_with_0", sigint),
    ("a_second_signal_ends_at_once", second_signal),
    ("a_todo_survives_a_kill", survives_a_kill),
    ("siblings_share_one_file", siblings),
    ("sqlite_keeps_the_contract", sqlite),
    ("the_log_is_json_and_names_the_request", json_log),
    ("the_log_has_no_colours_in_a_file", plain_log),
    ("stock_serves_too", stock),
];

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let trials = SERVERS.iter().flat_map(|server| SCENARIOS.iter().map(move |scenario| trial(server, scenario)));
    libtest_mimic::run(&args, trials.collect()).exit_code()
}

fn trial(server: &'static Server, (name, scenario): &'static Scenario) -> Trial {
    let check = format!("process::{name}");
    Trial::test(format!("{}::{check}", server.name.replace('-', "_")), move || {
        match weigh(server.name, &check, scenario(Program::new(server)).map_err(Vec::from)) {
            Outcome::Passed | Outcome::Deviates(_) => Ok(()),
            Outcome::Failed(why) => Err(why.into()),
        }
    })
}

fn help(program: Program) -> Result<(), Finding> {
    let ended = program.run(&["--help"])?.with(0)?;
    let command = Config::command();
    let flags = command.get_arguments().filter_map(|arg| Some((arg.get_long()?, arg.get_env())));
    for (flag, variable) in flags {
        let variable = variable.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !(ended.stdout.contains(&format!("--{flag}")) && ended.stdout.contains(&variable)) {
            return Err(ended.finding(format!("--{flag} or {variable} is not named")));
        }
    }
    let port = format!("[default: {}]", program.server.port);
    if !ended.stdout.contains(&port) || !ended.stderr.is_empty() {
        return Err(ended.finding("its own port is not named, or it complains"));
    }
    program.run(&["--version"])?.with(0).map(|_| ())
}

fn wrong_flag(program: Program) -> Result<(), Finding> {
    let wrong: [&[&str]; 6] = [
        &["--prot", "1"],
        &["--port", "65536"],
        &["--port"],
        &["--store", "oracle"],
        &["--head-timeout", "0"],
        &["extra"],
    ];
    wrong.iter().try_for_each(|args| program.run(args)?.one_clear_line())
}

fn wrong_variable(program: Program) -> Result<(), Finding> {
    for (name, value) in [("HEAD_TIMEOUT", "soon"), ("RUST_LOG", "a=b=c"), ("LOG_FORMAT", "xml")] {
        let mut command = program.command(&["--port", "0", "--store", "memory"]);
        command.env(name, value);
        program.run_command(command)?.one_clear_line()?;
    }
    Ok(())
}

fn taken_port(program: Program) -> Result<(), Finding> {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("a bound socket").port().to_string();
    program.run(&["--store", "memory", "--port", &port])?.one_clear_line()?;
    // A sibling's port is taken, too.
    let process = program.start(&["--store", "memory"])?;
    let port = process.target.address.port().to_string();
    program.run(&["--store", "memory", "--port", &port])?.one_clear_line()
}

/// Below a file there can be no folder, whoever asks.
fn no_folder(program: Program) -> Result<(), Finding> {
    let file = program.home.path().join("file");
    fs::write(&file, "").expect("a file");
    let below = file.join("data").display().to_string();
    program.run(&["--port", "0", "--data-dir", &below])?.one_clear_line()
}

fn corrupt(program: Program) -> Result<(), Finding> {
    let path = program.home.path().join("corrupt.db");
    let store = format!("sqlite:{}", path.display());
    let begins_well = [b"SQLite format 3\0".as_slice(), &[7; 8000]].concat();
    for bytes in [vec![b'x'; 8192], begins_well, b"short".to_vec()] {
        fs::write(&path, &bytes).expect("a file");
        let ended = program.run(&["--port", "0", "--store", &store])?;
        if fs::read(&path).ok() != Some(bytes) {
            return Err(ended.finding("the file was changed"));
        }
        ended.one_clear_line()?;
    }
    Ok(())
}

fn variables(program: Program) -> Result<(), Finding> {
    let mut command = program.command(&["--port", "0", "--max-body-bytes", "3"]);
    command.envs([("PORT", "1"), ("STORE", "memory"), ("MAX_BODY_BYTES", "2"), ("ALLOWED_HOST", "a.test,b.test")]);
    let process = program.start_command(command)?;
    let sum = |body: &str| Request::new("POST", "/baseline11?a=1&b=2").body(body);
    process.target.expect(&sum("100").field("host", "b.test"), &[Fact::Status(200)])?;
    process.target.expect(&sum("1000"), &[Fact::Status(413)])?;
    let made: Vec<_> =
        fs::read_dir(program.home.path()).expect("a folder").flatten().map(|entry| entry.path()).collect();
    if made.iter().all(|path| path.extension().is_some_and(|end| end == "log")) {
        return Ok(());
    }
    Err(Finding::new(format!("a store in memory leaves files: {made:?}")))
}

fn ends_with_0(program: &Program, signal: &str) -> Result<(), Finding> {
    let process = program.start(&[])?;
    let mut idle = process.target.connect()?;
    idle.send(&Request::get("/todos").bytes(&process.target.host));
    idle.receive(false)?.expect(&[Fact::Status(200)])?;
    let begun = Instant::now();
    process.signal(signal);
    idle.closed()?;
    let ended = process.ended(SOON)?.with(0)?;
    // The drain's deadline is for what is in flight, and nothing is.
    if begun.elapsed() > Duration::from_secs(8) || ended.stderr.contains("panicked") {
        return Err(ended.finding(format!("it took {:?}, or it panicked", begun.elapsed())));
    }
    if ended.stdout.lines().count() == 1 { Ok(()) } else { Err(ended.finding("there is more than one line on stdout")) }
}

fn sigterm(program: Program) -> Result<(), Finding> {
    ends_with_0(&program, "TERM")
}

fn sigint(program: Program) -> Result<(), Finding> {
    ends_with_0(&program, "INT")
}

fn second_signal(program: Program) -> Result<(), Finding> {
    for (signal, code) in [("TERM", 128 + 15), ("INT", 128 + 2)] {
        let process = program.start(&["--store", "memory", "--drain-timeout", "600"])?;
        let target = process.target.clone();
        let mut client = target.connect()?;
        let head = format!("POST /baseline11?a=1&b=2 HTTP/1.1\r\nhost: {}\r\ncontent-length: 9\r\n\r\n1", target.host);
        client.send(head.as_bytes());
        target.await_metric("http_requests_in_flight", |value| value == 2.0, SOON)?;
        process.signal("TERM");
        wait_until_refused(&target)?;
        process.signal(signal);
        process.ended(Duration::from_secs(3))?.with(code)?;
    }
    Ok(())
}

/// The listener is closed when the drain begins.
fn wait_until_refused(target: &Target) -> Result<(), Finding> {
    let deadline = Instant::now() + SOON;
    while TcpStream::connect(target.address).is_ok() {
        if Instant::now() > deadline {
            return Err(Finding::new("connections are still accepted after the signal"));
        }
    }
    Ok(())
}

fn survives_a_kill(program: Program) -> Result<(), Finding> {
    let data = program.home.path().join("data/below").display().to_string();
    let args = ["--data-dir", &data];
    let process = program.start(&args)?;
    let todo = Given::make(&process.target, r#"{"title":"survive"}"#)?;
    let gone = Given::make(&process.target, r#"{"title":"be gone"}"#)?;
    process.target.expect(&Request::new("DELETE", &gone.path()), &[Fact::Status(204)])?;
    process.signal("KILL");
    let ended = process.ended(SOON)?;
    if ended.code.is_some() {
        return Err(ended.finding("it was not killed"));
    }
    let process = program.start(&args)?;
    let facts = [Fact::Status(200), Fact::Field("etag", todo.etag.clone()), Fact::Contains("survive".into())];
    process.target.expect(&Request::get(&todo.path()), &facts)?;
    process.target.expect(&Request::get(&gone.path()), &[Fact::Status(404)])?;
    let next = Given::make(&process.target, r#"{"title":"next"}"#)?;
    let number = |todo: &Given| todo.id.parse::<i64>().unwrap_or_default();
    if number(&next) > number(&gone) { Ok(()) } else { Err(Finding::new("an id was given twice")) }
}

fn siblings(program: Program) -> Result<(), Finding> {
    // Both make the file at the same time: neither may fail for it.
    let (one, two) = std::thread::scope(|scope| {
        let other = scope.spawn(|| program.start(&[]));
        (program.start(&[]), other.join().expect("starting does not panic"))
    });
    let (one, two) = (one?, two?);
    for (mine, theirs) in [(&one.target, &two.target), (&two.target, &one.target)] {
        let todo = Given::make(mine, r#"{"title":"shared"}"#)?;
        theirs.expect(&Request::get(&todo.path()), &[Fact::Status(200), Fact::Field("etag", todo.etag.clone())])?;
        theirs.expect(&Request::new("PATCH", &todo.path()).json(r#"{"completed":true}"#), &[Fact::Status(200)])?;
        let stale = Request::new("DELETE", &todo.path()).field("if-match", &todo.etag);
        mine.expect(&stale, &[Fact::Status(412)])?;
    }
    write_together(&one.target, &two.target)
}

/// Both write at once: nothing is lost and no number is given twice.
fn write_together(one: &Target, two: &Target) -> Result<(), Finding> {
    const EACH: usize = 25;
    one.expect(&Request::new("DELETE", "/todos"), &[Fact::Status(204)])?;
    std::thread::scope(|scope| {
        let write = |target: &Target| (0..EACH).try_for_each(|_| Given::make(target, r#"{"title":"x"}"#).map(|_| ()));
        let other = scope.spawn(move || write(two));
        write(one).and(other.join().expect("asking does not panic"))
    })?;
    let exchange = one.expect(&Request::get("/todos"), &[Fact::Status(200)])?;
    let list = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
    match list.as_array().map_or(0, Vec::len) {
        count if count == 2 * EACH => Ok(()),
        count => Err(exchange.finding(format!("there are {count} todos, not {}", 2 * EACH))),
    }
}

/// The todos' part of the contract, on the store that users have.
fn sqlite(program: Program) -> Result<(), Finding> {
    let process = program.start(&[])?;
    let groups = ["todos::", "todo::", "life::", "todobackend::"];
    let checks = check::all().into_iter().filter(|check| groups.iter().any(|group| check.id.starts_with(group)));
    let mut some = 0;
    for check in checks.filter(|check| check.needs != Needs::Loopback) {
        some += 1;
        check.judge(&process.target).map_err(|findings| Finding::new(format!("{}: {}", check.id, told(&findings))))?;
    }
    if some > 0 { Ok(()) } else { Err(Finding::new("there is no such check")) }
}

/// Starts with these flags, asks once, ends; what was logged.
fn logged(program: &Program, args: &[&str]) -> Result<Ended, Finding> {
    let process = program.start(&[&["--store", "memory"], args].concat())?;
    process.target.expect(&Request::get("/json/many").field("x-request-id", "find-me"), &[Fact::Status(404)])?;
    process.signal("TERM");
    process.ended(SOON)?.with(0)
}

fn json_log(program: Program) -> Result<(), Finding> {
    let ended = logged(&program, &["--log-format", "json"])?;
    let lines: Result<Vec<serde_json::Value>, _> = ended.stderr.lines().map(serde_json::from_str).collect();
    let lines = lines.map_err(|_| ended.finding("a line of the log is not JSON"))?;
    let found = lines.iter().any(|line| {
        let fields = &line["fields"];
        fields["id"] == "find-me"
            && fields["status"] == 404
            && fields["path"] == "/json/many"
            && fields["method"] == "GET"
    });
    if found { Ok(()) } else { Err(ended.finding("no line tells of the request")) }
}

fn plain_log(program: Program) -> Result<(), Finding> {
    let ended = logged(&program, &[])?;
    let good = ended.stderr.contains("find-me") && !ended.stderr.contains('\u{1b}');
    if good { Ok(()) } else { Err(ended.finding("the request is not logged, or in colours")) }
}

fn stock(program: Program) -> Result<(), Finding> {
    let process = program.start(&["--stock", "--store", "memory"])?;
    process.target.expect(&Request::get("/plaintext"), &[Fact::Status(200), Fact::Body("Hello, World!".into())])?;
    process.signal("TERM");
    process.ended(SOON)?.with(0).map(|_| ())
}
