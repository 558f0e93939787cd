//! What all bad clients know of the server, and the few moves that their lives are made of.

use conformance::{request::Request, target::Target};
use socket2::SockRef;
use std::{future::pending, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};

/// A file that no buffer on the way can hold; a scene needs it.
pub const LARGE: &str = "/files/large";
/// What the kernel may keep for one who does not read.
const SMALL_BUFFER: u32 = 4096;
/// Of 128 places in the backlog of a listener these many are taken at once: more would be refused by the kernel.
const AT_THE_DOOR: usize = 64;

/// What all of them know.
pub struct Scene {
    address: SocketAddr,
    host: String,
    /// Between two bytes of one that drips.
    drip: Duration,
    /// When the server must have had enough.
    patience: Duration,
    door: Semaphore,
}

impl Scene {
    /// That of this server.
    pub fn of(target: &Target, drip: Duration, patience: Duration) -> Self {
        let (address, host) = (target.address, target.host.clone());
        Scene { address, host, drip, patience, door: Semaphore::new(AT_THE_DOOR) }
    }

    async fn connect(&self) -> Result<TcpStream, String> {
        TcpStream::connect(self.address).await.map_err(|cause| format!("cannot connect: {cause}"))
    }

    /// A connection whose client says this first.
    pub async fn begin(&self, bytes: &[u8]) -> Result<TcpStream, String> {
        let mut stream = self.connect().await?;
        send(&mut stream, bytes).await;
        Ok(stream)
    }

    pub fn get(&self, path: &str) -> Vec<u8> {
        Request::get(path).bytes(&self.host)
    }

    /// A connection on which a request has been answered.
    pub async fn served(&self) -> Result<TcpStream, String> {
        let _place = self.door.acquire().await.map_err(|cause| cause.to_string())?;
        let mut stream = self.begin(&self.get("/plaintext")).await?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"Hello, World!") {
            let read = timeout(self.patience, stream.read_buf(&mut answer)).await;
            if read.map_err(|_| "no answer came")?.map_err(|cause| cause.to_string())? == 0 {
                return Err(format!("this is no answer: {:?}", String::from_utf8_lossy(&answer)));
            }
        }
        Ok(stream)
    }

    pub fn head(&self, request: &str, length: usize) -> Vec<u8> {
        format!("{request} HTTP/1.1\r\nhost: {}\r\ncontent-length: {length}\r\n\r\n", self.host).into_bytes()
    }

    /// For as long as between two bytes of one that drips.
    pub async fn pause(&self) {
        sleep(self.drip).await;
    }

    /// A body that is small enough to be read whole.
    pub fn sum(&self) -> Vec<u8> {
        self.head("POST /baseline11?a=1&b=2", 10_000)
    }

    /// Waits for the end of a connection, and sends a byte now and then meanwhile if it drips; what came.
    pub async fn cut(&self, mut stream: TcpStream, drips: bool) -> Result<String, String> {
        let (mut from, mut to) = stream.split();
        let mut answer = Vec::new();
        let dripping = async {
            while drips && to.write_all(b"1").await.is_ok() {
                sleep(self.drip).await;
            }
            pending::<()>().await;
        };
        // A reset is an end as well as any.
        let cut = async {
            tokio::select! {
                _ = from.read_to_end(&mut answer) => {}
                () = dripping => {}
            }
        };
        timeout(self.patience, cut).await.map_err(|_| format!("still there after {:?}", self.patience))?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// One that asked for much is reset, whatever it reads meanwhile.
    pub async fn stall(&self, reads: bool) -> Result<(), String> {
        let socket = TcpSocket::new_v4().map_err(|cause| cause.to_string())?;
        socket.set_recv_buffer_size(SMALL_BUFFER).map_err(|cause| cause.to_string())?;
        let mut stream = socket.connect(self.address).await.map_err(|cause| cause.to_string())?;
        send(&mut stream, &self.get(LARGE)).await;
        let reset = async {
            let mut few = [0; 50];
            while matches!(stream.take_error(), Ok(None)) && (!reads || stream.read(&mut few).await.is_ok()) {
                sleep(self.drip).await;
            }
        };
        timeout(self.patience, reset).await.map_err(|_| format!("not reset after {:?}", self.patience))
    }
}

/// Whether the server takes it all is not what is looked at.
pub async fn send(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes).await;
}

/// Closes in such a way that the server is told at once, and nothing waits in between.
pub fn reset(stream: TcpStream) -> Result<(), String> {
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).map_err(|cause| cause.to_string())
}
