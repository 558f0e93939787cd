//! What PostgreSQL says when something is wrong, by its [codes](https://www.postgresql.org/docs/current/errcodes-appendix.html).

use super::STATEMENT_TIMEOUT;
use crate::error::Error;
use sqlx::{error::DatabaseError, migrate::MigrateError};
use std::{borrow::Cow, io::ErrorKind};

/// What a request gets.
pub(super) fn failed(cause: sqlx::Error) -> Error {
    let code = code(&cause);
    match code.as_deref() {
        Some("53100") => {
            tracing::error!(%cause, "the disk is full");
            Error::InsufficientStorage
        }
        Some("57014") => {
            tracing::error!(%cause, "the store is slow");
            Error::Timeout(STATEMENT_TIMEOUT)
        }
        // Locked for too long, or each waits for the other.
        Some("55P03" | "40001" | "40P01") => {
            tracing::error!(%cause, "the store is busy");
            Error::Unavailable("The store is busy.")
        }
        _ if is_down(&cause, code.as_deref()) => {
            tracing::error!(%cause, "the store is down");
            Error::Unavailable("The store cannot be reached.")
        }
        _ => Error::internal(cause),
    }
}

/// Whether it is the way to the database that fails, or the database as a whole.
fn is_down(cause: &sqlx::Error, code: Option<&str>) -> bool {
    // Connection; user or password; no such database; resources; idle for too long; read-only; shut down; the disk.
    const CLASSES: [&str; 8] = ["08", "28", "3D", "53", "25P03", "25006", "57P", "58"];
    match cause {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
        _ => code.is_some_and(|code| CLASSES.iter().any(|class| code.starts_with(class))),
    }
}

fn code(cause: &sqlx::Error) -> Option<Cow<'_, str>> {
    cause.as_database_error().and_then(DatabaseError::code)
}

/// PostgreSQL's own words, without the layers around them; and what to do, where that is known.
pub(super) fn told(cause: &sqlx::Error) -> String {
    let words = match cause {
        sqlx::Error::Database(cause) => cause.message().to_owned(),
        sqlx::Error::Io(cause) if cause.kind() == ErrorKind::TimedOut => "it does not answer".to_owned(),
        sqlx::Error::Io(cause) => cause.to_string(),
        sqlx::Error::Migrate(cause) => match &**cause {
            MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => return told(cause),
            other => other.to_string(),
        },
        other => other.to_string(),
    };
    let code = code(cause);
    let advice = match code.as_deref() {
        Some(code) if code.starts_with("28") => "; check user and password (in the URL, PGPASSWORD or ~/.pgpass)",
        Some("3D000") => "; make it with createdb",
        Some("42501") => "; the user must be allowed to make tables there",
        _ if matches!(cause, sqlx::Error::Io(_)) => "; is PostgreSQL running there?",
        _ => "",
    };
    format!("{}{advice}", words.replace('\n', " "))
}
