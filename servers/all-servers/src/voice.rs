//! What the six say, line by line, each behind the name of the one that says it.
//!
//! JSON is passed on as it is: a program reads it.

use shared::{config::LogFormat, contract::Server};
use std::io::{self, IsTerminal, Write};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// Room for the longest name.
const WIDTH: usize = 19;
/// Colours of names, from cyan to blue; none is that of an error.
const COLOURS: [u8; 6] = [36, 32, 33, 35, 34, 96];

/// How names are shown.
#[derive(Clone, Copy)]
pub struct Style {
    names: bool,
    colours: bool,
}

impl Style {
    /// For what goes to `stream`; colours only on a terminal and only without [`NO_COLOR`](https://no-color.org).
    pub fn of(format: LogFormat, stream: &impl IsTerminal) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Style { names: format == LogFormat::Text, colours: stream.is_terminal() && !plain }
    }

    /// What stands before a line.
    fn mark(self, at: usize, server: &Server) -> String {
        match (self.names, self.colours) {
            (false, _) => String::new(),
            (true, false) => format!("{:WIDTH$} | ", server.name),
            (true, true) => format!("\u{1b}[{}m{:WIDTH$} |\u{1b}[0m ", COLOURS[at % COLOURS.len()], server.name),
        }
    }
}

/// Passes on what comes until it ends; `heard` is told of each line.
pub async fn pass_on(
    from: impl AsyncRead + Unpin,
    mut to: impl Write,
    style: Style,
    (at, server): (usize, &'static Server),
    mut heard: impl FnMut(&str),
) -> io::Result<()> {
    let mark = style.mark(at, server);
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).await? > 0 {
        let text = String::from_utf8_lossy(&line);
        // One write a line, so that those of others do not come between.
        to.write_all(format!("{mark}{}\n", text.trim_end_matches('\n')).as_bytes())?;
        to.flush()?;
        heard(&text);
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::contract::SERVERS;

    #[test]
    fn every_name_fits() {
        assert_eq!(SERVERS.iter().map(|server| server.name.len()).max(), Some(WIDTH));
    }

    #[tokio::test]
    async fn every_line_has_its_name() {
        let one = (2, &SERVERS[2]);
        for (names, colours, wanted) in [
            (true, false, "axum-server         | a\naxum-server         | b\n"),
            (true, true, "\u{1b}[33maxum-server         |\u{1b}[0m a\n\u{1b}[33maxum-server         |\u{1b}[0m b\n"),
            (false, false, "a\nb\n"),
        ] {
            let (mut said, mut lines) = (Vec::new(), 0);
            pass_on(&b"a\nb"[..], &mut said, Style { names, colours }, one, |_| lines += 1).await.expect("written");
            assert_eq!((String::from_utf8(said).expect("text").as_str(), lines), (wanted, 2));
        }
    }
}
