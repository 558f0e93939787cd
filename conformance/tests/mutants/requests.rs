//! From the client to the server.

use super::{
    Spoil,
    head::{Body, Head},
    proxy::Shared,
    source::Source,
};
use std::{
    io::Write,
    net::{Shutdown, TcpStream},
    sync::Arc,
};

/// The way to the server.
pub struct Requests {
    pub to: TcpStream,
    pub shared: Arc<Shared>,
}

impl Requests {
    /// A server that takes no more is still to be heard, and the client must not be cut off: the rest is let go.
    fn send(&mut self, bytes: &[u8]) {
        let _ = self.to.write_all(bytes);
    }

    pub fn pass(mut self, from: TcpStream) {
        let shared = Arc::clone(&self.shared);
        let spoil = move |bytes: &mut Vec<u8>| {
            if let Spoil::Bytes(spoil) = shared.spoil {
                shared.count(spoil(bytes));
            }
        };
        let mut source = Source::new(from, Box::new(spoil));
        while let Some(head) = source.head() {
            if self.request(head, &mut source).is_none() {
                break;
            }
        }
        // What cannot be read as a request, and what follows.
        while let Some(bytes) = source.some(usize::MAX) {
            self.send(&bytes);
        }
        let _ = self.to.shutdown(Shutdown::Write);
    }

    /// `None` when nobody can tell where the next one begins.
    fn request(&mut self, mut head: Head, source: &mut Source) -> Option<()> {
        self.shared.ask(head.clone());
        if let Spoil::Request(spoil) | Spoil::Both(spoil, _) = self.shared.spoil {
            self.shared.count(spoil(&mut head));
        }
        self.send(&head.bytes());
        if head.value("upgrade").is_some() {
            return None;
        }
        match Body::of(&head, Body::Length(0)) {
            Body::Length(mut left) => {
                while left > 0 {
                    let bytes = source.some(left)?;
                    left -= bytes.len();
                    self.send(&bytes);
                }
                Some(())
            }
            Body::Chunks => loop {
                let chunk = source.chunk()?;
                self.send(&chunk.bytes);
                if chunk.data.is_empty() {
                    return Some(());
                }
            },
            Body::Unknown => None,
        }
    }
}
