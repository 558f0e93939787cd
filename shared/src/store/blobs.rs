//! The bytes of files, in one flat folder: a blob a file, under a name that is made up here.
//!
//! What a client calls a file stands in the store's table and never becomes a name on the disk, so no
//! path can lead out of the folder, whatever it says. A blob is written once: under a temporary name,
//! then synced, renamed, and the folder synced ([why both](https://lwn.net/Articles/457667/)); only then
//! is a row made that names it. Whoever replaces or removes the row removes the blob after. So a crash
//! at any moment leaves whole files, and at worst a blob that no row names. The next start removes those.
//!
//! Siblings share the folder. A blob without a row may be one that a sibling is writing: its writer holds
//! a lock on it ([`flock`](https://man7.org/linux/man-pages/man2/flock.2.html), which ends with the
//! process), and what is locked is not swept.

use crate::{
    domain::{
        Digest, File, FilePath, Part,
        file::{seconds, time},
    },
    error::Error,
    telemetry::{LongAnswer, Metrics},
};
use bytes::{Buf, Bytes};
use futures_util::Stream;
use sha2::{Digest as _, Sha256};
use std::{
    fs,
    io::{self, SeekFrom},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::SystemTime,
};
use tempfile::{NamedTempFile, TempDir, TempPath};
use tokio::{
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufWriter, Take},
    task::spawn_blocking,
};
use tokio_util::io::ReaderStream;

/// Bytes that are read from or written to the disk at once.
const BUFFER: usize = 64 * 1024;
/// What a temporary name begins with; the name of a blob is what stands behind.
const TEMPORARY: &str = "upload-";
/// Characters of a name that are random: enough for names never to meet.
const RANDOM: usize = 24;

/// A folder of blobs; cheap to clone.
#[derive(Clone)]
pub(super) struct Blobs(Arc<Folder>);

enum Folder {
    /// Lasts.
    At(PathBuf),
    /// Goes with the store; made when the first file comes.
    Temporary(Mutex<Option<TempDir>>),
    /// None: what is written has no name on the disk and is gone when it is closed, even by a crash.
    Nowhere,
}

impl Blobs {
    /// In this folder, which is made when the first file comes.
    pub fn at(folder: PathBuf) -> Self {
        Blobs(Arc::new(Folder::At(folder)))
    }

    /// In a folder that goes with the store.
    pub fn temporary() -> Self {
        Blobs(Arc::new(Folder::Temporary(Mutex::new(None))))
    }

    /// Only on their way to a database, which keeps them.
    pub fn on_their_way() -> Self {
        Blobs(Arc::new(Folder::Nowhere))
    }

    fn folder(&self) -> io::Result<PathBuf> {
        match &*self.0 {
            Folder::Nowhere => Err(io::Error::other("nothing is kept here")),
            Folder::At(folder) => {
                if !folder.is_dir() {
                    fs::create_dir_all(folder)?;
                    // What is durable in it shall not be lost with the folder itself.
                    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
                    fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
                }
                Ok(folder.clone())
            }
            Folder::Temporary(made) => {
                let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(folder) = &*made {
                    return Ok(folder.path().to_owned());
                }
                let folder = TempDir::with_prefix("sextet-")?;
                Ok(made.insert(folder).path().to_owned())
            }
        }
    }

    /// Begins a blob.
    ///
    /// # Errors
    /// When nothing can be written.
    pub async fn draft(&self) -> Result<Draft, Error> {
        let blobs = self.clone();
        let (file, place) = blocking(move || blobs.make()).await?;
        let file = BufWriter::with_capacity(BUFFER, tokio::fs::File::from_std(file));
        Ok(Draft { file, place, digest: Sha256::new(), size: 0 })
    }

    /// A file under a temporary name, locked.
    fn make(&self) -> io::Result<(fs::File, Place)> {
        let mut name = tempfile::Builder::new();
        name.prefix(TEMPORARY).rand_bytes(RANDOM);
        if let Folder::Nowhere = *self.0 {
            let (file, path) = name.tempfile()?.into_parts();
            let (name, _) = names(&path)?;
            path.close()?;
            return Ok((file, Place::Nowhere(name)));
        }
        let folder = self.folder()?;
        loop {
            let made = name.tempfile_in(&folder)?;
            // A sibling that sweeps may have come between the making and the locking.
            if made.as_file().try_lock().is_ok() && is_still_there(&made) {
                let (file, path) = made.into_parts();
                return Ok((file, Place::Named(path)));
            }
        }
    }

    /// Reads a blob, or a part of it.
    ///
    /// # Errors
    /// `NotFound` when it has been removed since its row was read.
    pub async fn open(&self, name: &str, size: u64, part: Option<Part>) -> io::Result<Content> {
        let (blobs, name) = (self.clone(), name.to_owned());
        let opened = spawn_blocking(move || open_whole(&blobs.folder()?.join(name), size));
        let file = tokio::fs::File::from_std(opened.await.map_err(io::Error::other)??);
        match part {
            Some(part) => Content::of(file, part.first, part.size()).await,
            None => Content::of(file, 0, size).await,
        }
    }

    /// Removes blobs that no row names any more. What cannot be removed is left for the next sweep.
    pub async fn remove(&self, names: Vec<String>) {
        if names.is_empty() || matches!(*self.0, Folder::Nowhere) {
            return;
        }
        let blobs = self.clone();
        let removed = blocking(move || {
            let folder = blobs.folder()?;
            names.iter().try_for_each(|name| fs::remove_file(folder.join(name)))
        });
        if removed.await.is_err() {
            tracing::warn!("a file's bytes could not be removed; the next start will try again");
        }
    }

    /// What stands in the folder. Links and folders were not put there by us.
    pub async fn names(&self) -> io::Result<Vec<String>> {
        let blobs = self.clone();
        let names = spawn_blocking(move || {
            let entries = fs::read_dir(blobs.folder()?)?;
            let files = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
            Ok(files.filter_map(|entry| entry.file_name().into_string().ok()).collect())
        });
        names.await.map_err(io::Error::other)?
    }

    /// The lock on a blob, if nobody else has it; one that is gone meanwhile was somebody's who has finished with it.
    pub async fn abandoned(&self, name: String) -> io::Result<Option<Abandoned>> {
        let blobs = self.clone();
        let locked = spawn_blocking(move || {
            let path = blobs.folder()?.join(name);
            let lock = fs::File::open(&path).ok().filter(|file| file.try_lock().is_ok());
            Ok(lock.map(|lock| Abandoned { path, _lock: lock }))
        });
        locked.await.map_err(io::Error::other)?
    }
}

/// A blob that nobody writes.
pub(super) struct Abandoned {
    path: PathBuf,
    _lock: fs::File,
}

impl Abandoned {
    /// Removes it.
    pub fn remove(self) -> io::Result<()> {
        fs::remove_file(self.path)
    }
}

/// Opens what was put here and nothing else: no link, and of the size that its row says.
fn open_whole(path: &Path, size: u64) -> io::Result<fs::File> {
    let found = fs::symlink_metadata(path)?;
    if !found.is_file() || found.len() != size {
        return Err(io::Error::other("a file's bytes were changed from outside"));
    }
    fs::File::open(path)
}

fn is_still_there(made: &NamedTempFile) -> bool {
    let number = |metadata: io::Result<fs::Metadata>| metadata.map(|metadata| metadata.ino()).ok();
    let here = number(made.as_file().metadata());
    here.is_some() && here == number(fs::metadata(made.path()))
}

/// An empty file without a name, which goes when it is closed.
pub(super) async fn spool() -> Result<tokio::fs::File, Error> {
    blocking(tempfile::tempfile).await.map(tokio::fs::File::from_std)
}

/// Runs what waits for the disk where waiting is allowed.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Error> {
    let done = spawn_blocking(work).await.map_err(Error::internal)?;
    done.map_err(|cause| Error::io(&cause))
}

/// A blob that is being written. Dropped, it is gone.
pub struct Draft {
    file: BufWriter<tokio::fs::File>,
    place: Place,
    digest: Sha256,
    size: u64,
}

/// Where a blob is while it is written.
enum Place {
    /// Under a temporary name.
    Named(TempPath),
    /// Under none; with the name that it will have.
    Nowhere(String),
}

impl Draft {
    /// Adds to it. When this returns, the system has taken all but what two buffers hold of what came before.
    ///
    /// # Errors
    /// 507 when the disk is full.
    pub async fn write(&mut self, mut bytes: impl Buf) -> Result<(), Error> {
        while bytes.has_remaining() {
            let chunk = bytes.chunk();
            self.digest.update(chunk);
            self.file.write_all(chunk).await.map_err(|cause| Error::io(&cause))?;
            let written = chunk.len();
            self.size += written as u64;
            bytes.advance(written);
        }
        Ok(())
    }

    /// Syncs it and gives it its name, if there is a folder for it.
    ///
    /// # Errors
    /// 507 when the disk is full.
    pub(super) async fn finish(mut self) -> Result<Blob, Error> {
        self.file.flush().await.map_err(|cause| Error::io(&cause))?;
        let file = self.file.into_inner().into_std().await;
        let (place, size, digest) = (self.place, self.size, Digest::new(&self.digest.finalize()));
        blocking(move || {
            let path = match place {
                Place::Named(path) => path,
                // The database sees to it that it is durable.
                Place::Nowhere(name) => return Ok(Blob { name, size, digest, path: None, file }),
            };
            file.sync_all()?;
            let (name, folder) = names(&path)?;
            let place = folder.join(&name);
            path.persist_noclobber(&place).map_err(|failed| failed.error)?;
            let blob = Blob { name, size, digest, path: Some(place), file };
            fs::File::open(folder)?.sync_all()?;
            Ok(blob)
        })
        .await
    }
}

/// The name that a blob will have, and its folder.
fn names(temporary: &Path) -> io::Result<(String, PathBuf)> {
    let name = temporary.file_name().and_then(|name| name.to_str()?.strip_prefix(TEMPORARY));
    match (name, temporary.parent()) {
        (Some(name), Some(folder)) => Ok((name.to_owned(), folder.to_owned())),
        _ => Err(io::Error::other("a temporary file has a strange name")),
    }
}

/// A blob that is whole, and durable, and has no row yet. Dropped, it is gone, unless it was kept.
pub(super) struct Blob {
    pub name: String,
    pub size: u64,
    pub digest: Digest,
    path: Option<PathBuf>,
    /// Locked.
    file: fs::File,
}

impl Blob {
    /// The file that it is, put now at `path`.
    pub fn named(&self, path: &FilePath) -> File {
        let modified = time(seconds(SystemTime::now()));
        File { path: path.clone(), size: self.size, digest: self.digest.clone(), modified }
    }

    /// Its bytes, from the first on.
    pub async fn read(&self) -> io::Result<tokio::fs::File> {
        let mut file = tokio::fs::File::from_std(self.file.try_clone()?);
        file.rewind().await?;
        Ok(file)
    }

    /// From here on a row may name it: only a sweep may remove it.
    pub fn keep(&mut self) {
        self.path = None;
    }
}

impl Drop for Blob {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            // If this fails, the next sweep will remove it.
            let _ = fs::remove_file(path);
        }
    }
}

/// The bytes of a file, or of a part of it, as they are read. The size is known; a stream that ends
/// before it is broken.
pub struct Content {
    size: u64,
    left: u64,
    stream: ReaderStream<Take<tokio::fs::File>>,
    watch: Option<LongAnswer>,
}

impl Content {
    /// So many bytes of a file, from this one on.
    pub(super) async fn of(mut file: tokio::fs::File, first: u64, size: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(first)).await?;
        Ok(Content { size, left: size, stream: ReaderStream::with_capacity(file.take(size), BUFFER), watch: None })
    }

    /// How many bytes will come.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Has it counted as cancelled if nobody takes the last of it.
    #[must_use]
    pub fn watched(self, metrics: &Metrics) -> Self {
        Content { watch: Some(LongAnswer::new(metrics)), ..self }
    }
}

impl Stream for Content {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(watch) = self.watch.as_mut() {
            watch.begin();
        }
        let item = ready!(Pin::new(&mut self.stream).poll_next(cx));
        let taken = item.as_ref().and_then(|item| item.as_ref().ok()).map_or(0, |bytes| bytes.len() as u64);
        self.left = self.left.saturating_sub(taken);
        // Who knows the length does not ask for the end.
        if self.left == 0
            && let Some(watch) = self.watch.as_mut()
        {
            watch.end();
        }
        Poll::Ready(item)
    }
}
