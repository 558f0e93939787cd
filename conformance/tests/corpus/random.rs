//! Requests put together at random out of what could matter; the same ones for the same seed.

use conformance::request::Request;

/// How many.
const COUNT: usize = 600;

const METHODS: &[&str] = &[
    "GET", "GET", "GET", "HEAD", "POST", "POST", "PATCH", "PATCH", "DELETE", "PUT", "OPTIONS", "TRACE", "BREW",
    "CONNECT",
];
const PATHS: &[&str] = &[
    "/",
    "/plaintext",
    "/json",
    "/baseline11",
    "/json/50",
    "/json/1",
    "/todos",
    "/todos/1",
    "/todos/2",
    "/todos/stats",
    "/livez",
    "/readyz",
    "/openapi.json",
    "/todos/abc",
    "/todos/0",
    "/json/0",
    "/json/51",
    "/nowhere",
    "//",
    "/todos/",
    "/%74odos",
    "/todos/%32",
    "/json/%2f",
    "/%zz",
    "/%ff",
    "*",
    "http://localhost/todos",
    "http://example.com/json",
    "/todos/1/2",
    "/TODOS",
    "/.",
    "/todos/..",
    "/files",
    "/files/probes/3.txt",
    "/files/large.html",
    "/files/large.html",
    "/files/random",
    "/files/..",
    "/files/a%2fb",
    "/files/a/",
    "/ws",
];
const QUERIES: &[&str] = &[
    "a=1",
    "b=2",
    "a=1",
    "b=x",
    "m=2",
    "m=0",
    "limit=1",
    "limit=0",
    "offset=1",
    "completed=true",
    "completed=no",
    "x",
    "=",
    "&",
    "%61=3",
    "a=%zz",
    "b=%ff",
    "a=%C3%A4",
    "limit=+1",
    "?",
    "/",
    "a;b",
    "offset=",
    "m",
];
const FIELDS: &[(&str, &str)] = &[
    ("accept", "application/json"),
    ("accept", "text/*;q=0.3, */*;q=0.2"),
    ("accept", "image/png"),
    ("accept", ""),
    ("accept", "application/json;q=0"),
    ("accept-encoding", "gzip"),
    ("accept-encoding", "br"),
    ("accept-encoding", "gzip;q=0, br;q=0"),
    ("accept-encoding", "*;q=0.1, gzip;q=0"),
    ("content-type", "application/json"),
    ("content-type", "application/json"),
    ("content-type", "application/x+json; a=b"),
    ("content-type", "text/plain"),
    ("content-type", "\u{e9}"),
    ("if-match", "*"),
    ("if-match", "\"x\""),
    ("if-none-match", "*"),
    ("if-none-match", "W/\"x\", \"y\""),
    ("origin", "http://localhost"),
    ("origin", "https://[::1]:1"),
    ("origin", "http://example.com"),
    ("origin", "null"),
    ("access-control-request-method", "PATCH"),
    ("access-control-request-headers", "content-type"),
    ("host", "localhost"),
    ("host", "LOCALHOST:1"),
    ("host", "example.com"),
    ("host", "[::1]"),
    ("host", "10.1.2.3:80"),
    ("host", "bad host"),
    ("x-request-id", "sound-1"),
    ("x-request-id", "not sound"),
    ("connection", "close"),
    ("connection", "keep-alive"),
    ("expect", "100-continue"),
    ("range", "bytes=0-1"),
    ("range", "bytes=-2"),
    ("range", "bytes=99999-"),
    ("if-range", "\"x\""),
    ("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ("if-modified-since", "Fri, 31 Dec 2100 00:00:00 GMT"),
    ("content-range", "bytes 0-0/1"),
    ("te", "trailers"),
    ("upgrade", "h2c"),
    ("cookie", "a=b"),
    ("x-http-method-override", "PUT"),
    ("x-forwarded-host", "example.com"),
    ("forwarded", "host=example.com"),
    ("user-agent", "\u{1F980}"),
    ("content-encoding", "gzip"),
    ("transfer-encoding", "gzip"),
    ("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT"),
];
const BODIES: &[&str] = &[
    "",
    "4",
    " 4 ",
    "{}",
    "{",
    "[]",
    "null",
    r#"{"title":"a"}"#,
    r#"{"title":"b","completed":true,"order":3}"#,
    r#"{"completed":true}"#,
    r#"{"order":null}"#,
    r#"{"title":""}"#,
    r#"{"title":1,"x":2}"#,
    r#"{"title":"a","title":2}"#,
    "\u{feff}{}",
    "-9223372036854775808",
];

/// Good enough to mix with; nothing here needs to be secret.
struct Dice(u64);

impl Dice {
    /// [SplitMix64](https://prng.di.unimi.it/splitmix64.c)
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).expect("fewer sides than a usize has")
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())]
    }
}

/// All of them.
pub fn requests(seed: u64) -> Vec<Request> {
    let mut dice = Dice(seed);
    (0..COUNT).map(|_| request(&mut dice)).collect()
}

fn request(dice: &mut Dice) -> Request {
    let keys: Vec<_> = (0..dice.roll(4)).map(|_| dice.pick(QUERIES)).collect();
    let question = if keys.is_empty() { "" } else { "?" };
    let target = format!("{}{question}{}", dice.pick(PATHS), keys.join("&"));
    let mut request = Request::new(dice.pick(METHODS), &target);
    for _ in 0..dice.roll(5) {
        let (name, value) = dice.pick(FIELDS);
        request = request.field(name, value);
    }
    match dice.roll(4) {
        0 => request,
        1 => request.body(dice.pick(BODIES)).chunked(),
        2 => request.json(dice.pick(BODIES)),
        _ => request.body(dice.pick(BODIES)),
    }
}
