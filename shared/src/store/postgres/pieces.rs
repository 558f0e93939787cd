//! The bytes of files, in pieces beside their rows: a store that grows past one machine cannot keep them in a folder.
//!
//! They go in and out by way of a local file, and never by way of memory: an upload is copied once it is here
//! whole, in the transaction that makes its row; a download is copied before its first byte is sent. So no client, however
//! slow, holds a connection, and a file that is replaced meanwhile is still read to its end.

use super::lease::Lease;
use crate::{
    domain::Part,
    error::Error,
    store::blobs::{Blob, Content, spool},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Bytes of a piece. Rows have this size: it cannot be changed without a migration.
const PIECE: u64 = 256 * 1024;

/// Copies the bytes of `blob` into the database.
pub(super) async fn write(change: &mut Lease, blob: &Blob) -> Result<(), Error> {
    let mut file = blob.read().await.map_err(|cause| Error::io(&cause))?;
    for number in 0..blob.size.div_ceil(PIECE) {
        let mut bytes = Vec::new();
        let read = (&mut file).take(PIECE).read_to_end(&mut bytes).await;
        read.map_err(|cause| Error::io(&cause))?;
        let insert = sqlx::query("INSERT INTO piece (blob, number, bytes) VALUES ($1, $2, $3)");
        change.run(insert.bind(blob.name.clone()).bind(row(number)).bind(bytes)).await?;
    }
    Ok(())
}

/// Copies bytes of a blob out of the database: `part` of it, or all `size`; `None` if it is no longer there.
pub(super) async fn read(
    look: &mut Lease,
    blob: &str,
    size: u64,
    part: Option<Part>,
) -> Result<Option<Content>, Error> {
    let (first, wanted) = part.map_or((0, size), |part| (part.first, part.size()));
    let mut file = spool().await?;
    for number in first / PIECE..(first + wanted).div_ceil(PIECE) {
        let question = sqlx::query_as("SELECT bytes FROM piece WHERE blob = $1 AND number = $2");
        let piece: Option<(Vec<u8>,)> = look.maybe(question.bind(blob.to_owned()).bind(row(number))).await?;
        let Some((bytes,)) = piece else { return Ok(None) };
        file.write_all(&bytes).await.map_err(|cause| Error::io(&cause))?;
    }
    file.flush().await.map_err(|cause| Error::io(&cause))?;
    Content::of(file, first % PIECE, wanted).await.map(Some).map_err(|cause| Error::io(&cause))
}

/// Removes the pieces of a blob.
pub(super) async fn remove(change: &mut Lease, blob: &str) -> Result<(), Error> {
    change.run(sqlx::query("DELETE FROM piece WHERE blob = $1").bind(blob.to_owned())).await.map(|_| ())
}

/// A piece's number as its row has it.
fn row(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
