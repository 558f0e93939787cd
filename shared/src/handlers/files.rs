//! Files: up and down, piece by piece.

use crate::{
    app::App,
    domain::{Conditions, ETag, File, FileBody, FilePath, Part, Selection, StoredFile, Verdict},
    error::Error,
    store::Content,
};
use bytes::Buf;
use futures_util::{Stream, TryStreamExt};
use std::pin::pin;

/// A file that was just put.
#[derive(Debug)]
pub struct Put {
    /// Whether there was none before: 201, otherwise 200.
    pub created: bool,
    /// For `Location`.
    pub location: String,
    /// For `ETag`.
    pub etag: ETag,
    /// For the body.
    pub file: StoredFile,
}

/// A file that was asked for, if the client does not have it yet.
#[allow(clippy::large_enum_variant, reason = "it is moved once, into an answer")]
pub enum Download {
    /// 200, or 206 with a part.
    Modified {
        /// For the head.
        file: File,
        /// For `Content-Range`.
        part: Option<Part>,
        /// For the body.
        content: Content,
    },
    /// 304, with the tag and the date.
    NotModified(File),
}

impl Download {
    /// 200, 206 or 304.
    pub fn status(&self) -> u16 {
        match self {
            Download::Modified { part: None, .. } => 200,
            Download::Modified { part: Some(_), .. } => 206,
            Download::NotModified(_) => 304,
        }
    }

    /// The header fields that tell of the file, and of what comes of it.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let (Download::Modified { file, .. } | Download::NotModified(file)) = self;
        let mut fields = vec![("etag", file.etag().as_str().to_owned()), ("last-modified", file.last_modified())];
        if let Download::Modified { file, part, content } = self {
            fields.push(("accept-ranges", "bytes".to_owned()));
            fields.push(("content-length", content.size().to_string()));
            fields.push(("content-type", file.kind()));
            fields.push(("x-content-type-options", "nosniff".to_owned()));
            if let Some(Part { first, last }) = part {
                fields.push(("content-range", format!("bytes {first}-{last}/{}", file.size)));
            }
        }
        fields
    }
}

/// `GET /files`
///
/// # Errors
/// The store's.
pub async fn list_files(app: &App) -> Result<Vec<FileBody>, Error> {
    Ok(app.store.files().await?.iter().map(File::body).collect())
}

/// `PUT /files/{*path}`: the bytes go to the disk as they come, and the file changes at once when the
/// last of them is durable. A broken upload leaves nothing behind.
///
/// # Errors
/// 412 before a byte of the body is asked for, or if another put changes the file meanwhile; what the
/// body says (too large, too slow, broken); 507; or the store's.
pub async fn put_file<B: Buf>(
    app: &App,
    path: FilePath,
    conditions: Conditions,
    chunks: impl Stream<Item = Result<B, Error>>,
) -> Result<Put, Error> {
    match app.store.file(&path).await {
        Ok(found) => conditions.allow_file(Some(&found.file))?,
        Err(Error::NotFound) => conditions.allow_file(None)?,
        Err(error) => return Err(error),
    }
    let mut chunks = pin!(chunks);
    // A body that is refused at its first byte shall not touch the disk.
    let mut next = chunks.try_next().await?;
    let mut draft = app.store.draft().await?;
    while let Some(chunk) = next {
        draft.write(chunk).await?;
        next = chunks.try_next().await?;
    }
    let (file, created) = app.store.put_file(path, draft, conditions).await?;
    let location = file.path.location();
    let etag = file.etag();
    Ok(Put { created, location, etag, file: StoredFile { file: file.body(), sha256: file.digest.to_string() } })
}

/// `GET /files/{*path}`
///
/// # Errors
/// 404, 412, 416, or the store's.
pub async fn get_file(
    app: &App,
    path: &FilePath,
    conditions: &Conditions,
    selection: &Selection,
) -> Result<Download, Error> {
    // Between the look and the opening another put may take the bytes away, but hardly time after time.
    const TRIES: usize = 10;
    for _ in 0..TRIES {
        let found = app.store.file(path).await?;
        match conditions.evaluate(Some(found.file.current(&found.file.etag())), true) {
            Verdict::Proceed => {}
            Verdict::NotModified => return Ok(Download::NotModified(found.file)),
            Verdict::Failed => return Err(Error::PreconditionFailed),
        }
        let part = selection.of(&found.file)?;
        if let Some(content) = app.store.open_file(&found, part).await? {
            let content = content.watched(&app.metrics);
            return Ok(Download::Modified { file: found.file, part, content });
        }
    }
    Err(Error::internal(format!("the bytes of {} are missing", path.as_str())))
}

/// `DELETE /files/{*path}`
///
/// # Errors
/// 404, 412, or the store's.
pub async fn delete_file(app: &App, path: FilePath, conditions: Conditions) -> Result<(), Error> {
    app.store.delete_file(path, conditions).await
}
