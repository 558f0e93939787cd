//! Flags and variables, well and badly used: a mistake is one clear line and exit code 2.

use crate::binaries::Program;
use clap::CommandFactory;
use conformance::{fact::Fact, finding::Finding, request::Request};
use shared::config::Config;
use std::{fs, net::TcpListener};

pub fn help(program: Program) -> Result<(), Finding> {
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

pub fn wrong_flag(program: Program) -> Result<(), Finding> {
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

pub fn wrong_variable(program: Program) -> Result<(), Finding> {
    for (name, value) in [("HEAD_TIMEOUT", "soon"), ("RUST_LOG", "a=b=c"), ("LOG_FORMAT", "xml")] {
        let mut command = program.command(&["--port", "0", "--store", "memory"]);
        command.env(name, value);
        program.run_command(command)?.one_clear_line()?;
    }
    Ok(())
}

pub fn taken_port(program: Program) -> Result<(), Finding> {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("a bound socket").port().to_string();
    program.run(&["--store", "memory", "--port", &port])?.one_clear_line()?;
    // A sibling's port is taken, too.
    let process = program.start(&["--store", "memory"])?;
    let port = process.target.address.port().to_string();
    program.run(&["--store", "memory", "--port", &port])?.one_clear_line()
}

/// Below a file there can be no folder, whoever asks.
pub fn no_folder(program: Program) -> Result<(), Finding> {
    let file = program.home.path().join("file");
    fs::write(&file, "").expect("a file");
    let below = file.join("data").display().to_string();
    program.run(&["--port", "0", "--data-dir", &below])?.one_clear_line()
}

pub fn corrupt(program: Program) -> Result<(), Finding> {
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

pub fn variables(program: Program) -> Result<(), Finding> {
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
