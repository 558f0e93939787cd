//! The protocol part neither sleeps nor cries wolf: servers that answer what is plain as they should, and all else by one
//! vice, are caught by every case; the six, which answer soundly, by none (`protocol` shows that).

mod servers;

use conformance::{
    protocol::{self, case::Case, subject::Subject},
    resources,
    target::Target,
};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

/// What a server does with everything but the plain requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vice {
    /// Serves it, and the next one.
    Lax,
    /// Refuses it.
    Paranoid,
    /// Refuses it, and leaves the connection open.
    Clinging,
    /// Closes without a word.
    Mute,
    /// Answers once too often.
    Doubling,
    /// Blames itself.
    Failing,
    /// Gives away what it should not, and says what it should not.
    Careless,
}

const VICES: [Vice; 7] =
    [Vice::Lax, Vice::Paranoid, Vice::Clinging, Vice::Mute, Vice::Doubling, Vice::Failing, Vice::Careless];

const REFUSAL: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const FAILURE: &[u8] = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

const CARELESS: &[u8] =
    b"HTTP/1.1 200 OK\r\nconnection: x-inner\r\netag: none\r\ncontent-length: 32\r\n\r\nroot:x:0:0:root:/home:/bin/false";

/// The bytes of a plain request, and of its answer.
type Plain = Arc<Vec<(Vec<u8>, Vec<u8>)>>;

/// Listens for as long as the test runs.
fn vicious(vice: Vice, plain: &Plain) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    let plain = Arc::clone(plain);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let plain = Arc::clone(&plain);
            // A client that leaves ends it.
            thread::spawn(move || serve(stream, vice, &plain));
        }
    });
    address
}

fn serve(mut stream: TcpStream, vice: Vice, plain: &Plain) -> std::io::Result<()> {
    let mut room = vec![0; 4 << 20];
    loop {
        let len = stream.read(&mut room)?;
        if len == 0 {
            return Ok(());
        }
        match plain.iter().find(|(request, _)| *request == room[..len]) {
            Some((_, answer)) => stream.write_all(answer)?,
            None => return indulge(stream, vice, &plain[0].1),
        }
    }
}

fn indulge(mut stream: TcpStream, vice: Vice, answer: &[u8]) -> std::io::Result<()> {
    match vice {
        Vice::Lax => stream.write_all(&answer.repeat(2))?,
        Vice::Paranoid | Vice::Clinging => stream.write_all(REFUSAL)?,
        Vice::Mute => {}
        Vice::Doubling => stream.write_all(&answer.repeat(3))?,
        Vice::Failing => stream.write_all(FAILURE)?,
        Vice::Careless => stream.write_all(CARELESS)?,
    }
    if vice != Vice::Clinging {
        stream.shutdown(std::net::Shutdown::Write)?;
    }
    // What still comes is read, so that no reset takes the answer away.
    while stream.read(&mut [0; 65_536])? > 0 {}
    Ok(())
}

/// How a sound server answers what is plain.
fn learn() -> (servers::Running, Subject) {
    let (server, serve) = servers::all().remove(0);
    let running = servers::start(server, serve);
    let resources = resources::make(&running.target).expect("a file can be put");
    let subject = Subject::learn(&running.target, resources).expect("plain requests are answered");
    (running, subject)
}

/// The same subject with a vicious server in place of the sound one. `Host` stays, so that the plain bytes do.
fn spoilt(subject: &Subject, vice: Vice) -> Subject {
    let requests = ["GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n", "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"];
    let plain = requests.map(|request| {
        let bytes = subject.fill(request.as_bytes());
        let answer = subject.ask(&bytes).expect("an answer").received;
        (bytes, answer)
    });
    let address = vicious(vice, &Arc::new(plain.to_vec()));
    let target = Target { address, patience: Duration::from_millis(250), ..subject.target.clone() };
    Subject { target, ..subject.clone() }
}

#[test]
fn no_case_is_content_with_every_vice() {
    let (_running, subject) = learn();
    let spoilt = VICES.map(|vice| (vice, spoilt(&subject, vice)));
    let cases = protocol::all();
    let caught: Vec<Vec<Vice>> = thread::scope(|scope| {
        let chunks = cases.chunks(cases.len().div_ceil(16));
        let working: Vec<_> =
            chunks.map(|cases| scope.spawn(|| cases.iter().map(|case| by(case, &spoilt)).collect())).collect();
        working.into_iter().flat_map(|working| -> Vec<Vec<Vice>> { working.join().expect("no panic") }).collect()
    });
    let asleep: Vec<_> =
        cases.iter().zip(&caught).filter(|(_, vices)| vices.is_empty()).map(|(case, _)| case.id).collect();
    assert!(asleep.is_empty(), "these never fail: {asleep:?}");
    // A case that tells serving from refusing is about one of them; the others are about staying in step.
    let tells = |vices: &&Vec<Vice>| vices.contains(&Vice::Lax) != vices.contains(&Vice::Paranoid);
    let telling = caught.iter().filter(tells).count();
    assert!(telling * 2 > cases.len(), "only {telling} of {} cases tell serving from refusing", cases.len());
}

/// The vices that a case catches.
fn by(case: &Case, spoilt: &[(Vice, Subject)]) -> Vec<Vice> {
    spoilt.iter().filter(|(_, subject)| case.judge(subject).is_err()).map(|(vice, _)| *vice).collect()
}
