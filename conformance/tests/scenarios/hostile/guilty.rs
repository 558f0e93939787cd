//! What a bad client does, from its first byte to the moment when the server has had enough of it.

use super::scene::{Scene, reset, send};
use tokio::io::AsyncWriteExt;

/// The beginning of a head.
const HEAD: &[u8] = b"GET /plaintext HTTP/1.1\r\nx: ";

/// Each with the status that it deserves.
const BROKEN: &[(&[u8], &str)] = &[
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "400"),
    (b"\0\0\0\0", "400"),
    (b"GET\r\n\r\n", "400"),
    (b"GET / HTTP/9.9\r\n\r\n", "505"),
    (b"GET /plaintext HTTP/1.1\r\n\r\n", "400"),
    (b"GET /%zz HTTP/1.1\r\nhost: x\r\n\r\n", "400"),
    (b"POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 1, 2\r\n\r\n", "400"),
    (b"POST /upload HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n", "400"),
];

/// A kind of bad client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guilty {
    /// Never says a word.
    Silent,
    /// Sends its first head byte by byte.
    DrippingHead,
    /// Asks, and then sends a head byte by byte.
    DrippingLaterHead,
    /// Sends a body byte by byte.
    DrippingBody,
    /// Sends a half of a body.
    StalledBody,
    /// Asks for much and reads nothing.
    StalledReader,
    /// Asks for much and reads next to nothing.
    DrippingReader,
    /// Has sent all it will in the middle of a head, or of a body, or behind a request.
    HalfClosed,
    /// Asks, and stays.
    Idle,
    /// Wants no more than an answer, but there are too many of its kind.
    Guest,
    /// Breaks off in the middle of a file.
    AbortedUpload,
    /// Speaks something else than HTTP, or speaks it badly.
    BrokenHead,
    /// Is gone as soon as it has come.
    Reset,
}

impl Guilty {
    /// Lives once.
    ///
    /// # Errors
    /// When the server does not treat it as it should, or not in time.
    pub async fn live(self, scene: &Scene, number: usize) -> Result<(), String> {
        match self {
            Guilty::Silent => ends(scene, &[], false, "").await,
            Guilty::DrippingHead => ends(scene, HEAD, true, "408").await,
            Guilty::DrippingLaterHead => later_head(scene).await,
            Guilty::DrippingBody => ends(scene, &scene.sum(), true, "408").await,
            Guilty::StalledBody => ends(scene, &[scene.sum(), b"1".repeat(5000)].concat(), false, "408").await,
            Guilty::StalledReader => scene.stall(false).await,
            Guilty::DrippingReader => scene.stall(true).await,
            Guilty::HalfClosed => half_closed(scene, number).await,
            Guilty::Idle => status(&scene.cut(scene.served().await?, false).await?, ""),
            Guilty::Guest => guest(scene).await,
            Guilty::AbortedUpload => aborted_upload(scene, number).await,
            Guilty::BrokenHead => broken_head(scene, number).await,
            Guilty::Reset => reset(scene.begin(if number.is_multiple_of(2) { b"" } else { b"GET /" }).await?),
        }
    }
}

/// Says this, and drips on or not; the server ends it with this status.
async fn ends(scene: &Scene, begin: &[u8], drips: bool, wanted: &str) -> Result<(), String> {
    status(&scene.cut(scene.begin(begin).await?, drips).await?, wanted)
}

fn status(answer: &str, wanted: &str) -> Result<(), String> {
    let is = answer.strip_prefix("HTTP/1.1 ").unwrap_or(answer).get(..3).unwrap_or_default();
    if is == wanted { Ok(()) } else { Err(format!("{is:?}, not {wanted:?}")) }
}

async fn later_head(scene: &Scene) -> Result<(), String> {
    let mut stream = scene.served().await?;
    send(&mut stream, HEAD).await;
    status(&scene.cut(stream, true).await?, "408")
}

async fn guest(scene: &Scene) -> Result<(), String> {
    let _stream = scene.served().await?;
    scene.pause().await;
    Ok(())
}

async fn broken_head(scene: &Scene, number: usize) -> Result<(), String> {
    let (head, wanted) = BROKEN[number % BROKEN.len()];
    ends(scene, head, false, wanted).await
}

async fn half_closed(scene: &Scene, number: usize) -> Result<(), String> {
    let (bytes, whole) = match number % 3 {
        0 => (scene.get("/plaintext"), true),
        1 => (HEAD.to_vec(), false),
        _ => ([scene.sum(), b"1".repeat(5000)].concat(), false),
    };
    let mut stream = scene.begin(&bytes).await?;
    // The server may be gone already: then this fails, and the end is read below.
    let _ = stream.shutdown().await;
    let answer = scene.cut(stream, false).await?;
    // Whoever has asked gets an answer; to half of a question there need be none.
    if whole { status(&answer, "200") } else { Ok(()) }
}

async fn aborted_upload(scene: &Scene, number: usize) -> Result<(), String> {
    let head = scene.head(&format!("PUT /files/broken/{number}"), 100_000);
    let stream = scene.begin(&[head, vec![b'x'; 50_000]].concat()).await?;
    scene.pause().await;
    reset(stream)
}
