//! Requests damaged at random (from fixed seeds): every answer is the service's own, and every connection ends.
#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are not `#[test]` functions")]

mod common;

use common::{Running, statuses};
use listen::Limits;
use tokio::io::AsyncWriteExt;

const SOUND: [&str; 6] = [
    "GET /a?b=%41 HTTP/1.1\r\nHost: a.example:80\r\nX: y\r\n\r\n",
    "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nt: 1\r\n\r\n",
    "HEAD http://b:81/x?y HTTP/1.1\r\nHost: [::1]\r\nConnection: keep-alive\r\n\r\n",
    "GET / HTTP/1.0\r\nConnection: keep-alive, upgrade\r\nUpgrade: x\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
];

/// What damage is made of: bytes and words that parsers disagree about.
const PIECES: [&str; 24] = [
    "\r",
    "\n",
    "\r\n",
    " ",
    "\t",
    "\0",
    ":",
    ",",
    ";",
    "%",
    "/",
    "*",
    "\u{e9}",
    "\u{7f}",
    "\"",
    "0",
    "-1",
    "chunked",
    "close",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Host: b\r\n",
    " HTTP/1.1",
    "HTTP/2.0",
];

/// xorshift: enough chance, and the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

fn damaged(chance: &mut Chance) -> Vec<u8> {
    let count = 1 + chance.below(3);
    let mut input: Vec<u8> = (0..count).flat_map(|_| SOUND[chance.below(SOUND.len())].bytes()).collect();
    for _ in 0..1 + chance.below(4) {
        let at = chance.below(input.len());
        let cut = chance.below(4).min(input.len() - at);
        let piece = PIECES[chance.below(PIECES.len())];
        match chance.below(3) {
            0 => drop(input.splice(at..at + cut, [])),
            1 => drop(input.splice(at..at, piece.bytes())),
            _ => drop(input.splice(at..at + cut, piece.bytes())),
        }
    }
    input
}

/// All answers to `input`, sent in pieces of at most `piece` bytes, until the server closes.
async fn answers(server: &Running, input: &[u8], piece: usize) -> String {
    let mut client = server.connect().await;
    for part in input.chunks(piece) {
        if client.0.write_all(part).await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    let _ = client.0.shutdown().await;
    client.read_to_end().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_alone_answers() {
    let server = Running::start(Limits::default());
    let mut chance = Chance(0x5e71e7);
    for round in 0..1500 {
        let input = damaged(&mut chance);
        let shown = String::from_utf8_lossy(&input).into_owned();
        let whole = answers(&server, &input, usize::MAX).await;
        assert_eq!(whole.matches("x-service").count(), statuses(&whole).len(), "{round} {shown:?}: {whole}");
        let pieces = answers(&server, &input, 1 + chance.below(9)).await;
        assert_eq!(statuses(&whole), statuses(&pieces), "{round} {shown:?}: {whole} / {pieces}");
    }
}
