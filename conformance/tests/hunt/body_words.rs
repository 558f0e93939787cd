//! The words of which the search makes bodies; the first of a list is the plainest.

/// The first of each is how it is done.
pub const LENGTHS: &[&str] = &["#", "0#", " # ", "\t#", "00000000000000000000000#"];
pub const ODD_LENGTHS: &[&str] = &[
    "0",
    "+#",
    "-#",
    "#,#",
    "#, #",
    "#.0",
    "0x#",
    "",
    "x",
    "#\r\ncontent-length: #",
    "#\r\ncontent-length: 0",
    "1",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775807",
    "99999999",
    "1 0",
    "#;",
    "\u{b9}",
    "#\r\ntransfer-encoding: identity",
    "#\r\ntransfer-encoding: chunked",
];
pub const CODINGS: &[&str] = &["chunked", "Chunked", " chunked\t"];
pub const ODD_CODINGS: &[&str] = &[
    "chunked, chunked",
    "gzip, chunked",
    "chunked, gzip",
    "gzip",
    "identity",
    "",
    "xchunked",
    "chunked;q=1",
    "\"chunked\"",
    ",chunked",
    "chunked,",
    "chunked\r\ntransfer-encoding: chunked",
    "chunked\r\ntransfer-encoding: gzip",
    "chunked\r\ncontent-length: 3",
    "\u{b}chunked",
    "chunked\u{a0}",
    "identity, chunked",
    "CHUNKED\r\ncontent-length: 0",
];
pub const SIZES: &[&str] = &["#", "@", "0#", "0000000#", "#;a", "#;a=b", "# ;a", "#;a=\"b;\"", "#;\u{e4}=\t", "#;"];
pub const ODD_SIZES: &[&str] =
    &["# ", "\t#", "0x#", "+#", "-#", "#a", "", "x", "#;\u{1}", "#;a\rb", "#\r", "00000000000000000#", "#,"];
pub const ODD_ENDS: &[&str] = &["\n", "", "x\r\n", "\r\r\n", "\r\n\r\n"];
pub const LASTS: &[&str] = &["0\r\n", "000\r\n", "0;a=b\r\n", "0 ;a\r\n"];
pub const ODD_LASTS: &[&str] = &["0\n", "", "-0\r\n", "0 \r\n", "0\r\r\n", "g\r\n"];
pub const TRAILERS: &[&str] =
    &["x: y\r\n", "content-length: 3\r\n", "host: example.com\r\n", "x-request-id: late\r\n", "x:\r\n"];
pub const ODD_TRAILERS: &[&str] =
    &["x\r\n", "x : y\r\n", " x: y\r\n", "x: y\n", "x: a\rb\r\n", ": y\r\n", "\u{e4}: y\r\n", "x: y\r\n z\r\n"];
pub const ODD_CLOSES: &[&str] = &["\n", "x\r\n", "\r\r\n"];
pub const BYTES: &[&str] = &[
    "",
    "{}",
    r#"{"title":"a"}"#,
    "4",
    r#"{"completed":true}"#,
    " 4 ",
    "[]",
    "null",
    "{",
    "4\n",
    "\u{feff}4",
    "+4",
    "4.0",
    "9223372036854775808",
    "0x4",
    "\u{664}",
    "GET /json HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
    "\r\n",
    "\0",
];
pub const MEMBERS: &[&str] = &["title", "completed", "order", "id", "url", "TITLE", "ti\\u0074le", "\\ud800", ""];
pub const VALUES: &[&str] = &[
    "\"b\"",
    "true",
    "1",
    "null",
    "\"\"",
    "\"  \"",
    "-1",
    "1.0",
    "1e2",
    "[]",
    "{}",
    "false",
    "9223372036854775807",
    "\"\\u0000\"",
    "\"\\ud83e\\udd80\"",
    "\"\\ud800\"",
    "\"\u{301}\"",
    "01",
    "\"\t\"",
    "tru",
    "-",
    "\"",
    "1E400",
];
