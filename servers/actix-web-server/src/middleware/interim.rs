//! A guarded socket that holds back `100 Continue` until the body is asked for.
//!
//! actix promises to read a body before it knows whether anyone will, even to a request that is about
//! to get a 404 or a 413. Here the promise waits for the first reader, and is dropped with the answer
//! if none came (RFC 9110, section 10.1.1).

use actix_http::{Extensions, Request};
use actix_web::Error;
use listen::{Connection, Guard};
use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Where the interim answer to a request is.
#[derive(Clone, Default)]
pub struct Interim(Rc<Cell<Stage>>);

#[derive(Clone, Copy, Default)]
enum Stage {
    /// None is wanted, or it is out.
    #[default]
    None,
    /// actix is about to write it.
    Asked,
    /// As before, and a reader waits.
    Wanted,
    /// Taken out of what actix wrote.
    Held,
    /// A reader waits; so many bytes are to be written.
    Due(usize),
}

impl Interim {
    /// The body has a reader.
    pub fn want(&self) {
        match self.0.get() {
            Stage::Asked => self.0.set(Stage::Wanted),
            Stage::Held => self.0.set(Stage::Due(CONTINUE.len())),
            Stage::None | Stage::Wanted | Stage::Due(_) => {}
        }
    }
}

/// What actix calls when a request expects the interim answer, before it writes that.
///
/// # Errors
/// Never.
pub fn ask(request: Request) -> Result<Request, Error> {
    if let Some(interim) = request.conn_data::<Interim>() {
        interim.0.set(Stage::Asked);
    }
    Ok(request)
}

/// A guarded socket that can be asked which connection it is.
pub struct Guarded {
    guard: Guard,
    connection: Connection,
    interim: Interim,
}

impl Guarded {
    /// Puts the two together again.
    pub fn new(guard: Guard, connection: Connection) -> Self {
        Guarded { guard, connection, interim: Interim::default() }
    }

    /// Tells the requests which connection they come by
    /// ([connection data](https://docs.rs/actix-web/4/actix_web/struct.HttpServer.html#method.on_connect)).
    pub fn introduce(&self, data: &mut Extensions) {
        data.insert(self.connection.clone());
        data.insert(self.interim.clone());
    }

    fn poll_due(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Stage::Due(left) = self.interim.0.get() {
            let rest = &CONTINUE[CONTINUE.len() - left..];
            let left = left - ready!(Pin::new(&mut self.guard).poll_write(cx, rest))?;
            self.interim.0.set(if left == 0 { Stage::None } else { Stage::Due(left) });
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Guarded {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.guard).poll_read(cx, buf)
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, mut data: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_due(cx))?;
        let stage = self.interim.0.get();
        if let Stage::Asked | Stage::Wanted = stage {
            // Answers to requests before this one may come first; none of ours has this text in it.
            match data.windows(CONTINUE.len()).position(|window| window == CONTINUE) {
                Some(0) if matches!(stage, Stage::Asked) => {
                    self.interim.0.set(Stage::Held);
                    return Poll::Ready(Ok(CONTINUE.len()));
                }
                Some(0) => self.interim.0.set(Stage::None),
                Some(before) => data = &data[..before],
                None => {}
            }
        }
        Pin::new(&mut self.guard).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_due(cx))?;
        Pin::new(&mut self.guard).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.guard).poll_shutdown(cx)
    }
}
