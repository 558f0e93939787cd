//! Where a PostgreSQL database is, by [libpq's URL](https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS),
//! and what every connection to it is told first.
//!
//! What the URL leaves out comes from [libpq's environment](https://www.postgresql.org/docs/current/libpq-envars.html)
//! and from `~/.pgpass`: there a password is safer than on a command line, which others may see.

use super::{LOCK_TIMEOUT, STATEMENT_TIMEOUT};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::{fmt, str::FromStr, time::Duration};

/// How long a change may lie half-done before the server undoes it and lets its locks go.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// The address of a database. Nothing shows the password that may be in it.
#[derive(Clone)]
pub struct Address(Box<PgConnectOptions>);

impl Address {
    /// Whether this is meant to be one.
    pub(crate) fn is(text: &str) -> bool {
        ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme))
    }

    /// With time-outs, which the server keeps, unless the URL sets them otherwise; and with a name.
    pub(super) fn options(&self) -> PgConnectOptions {
        let given = self.0.get_options().unwrap_or_default();
        let timeouts = [
            ("statement_timeout", STATEMENT_TIMEOUT),
            ("lock_timeout", LOCK_TIMEOUT),
            ("idle_in_transaction_session_timeout", IDLE_TIMEOUT),
        ];
        let missing = timeouts.into_iter().filter(|(name, _)| !given.contains(name));
        let options = PgConnectOptions::clone(&self.0).options(missing.map(|(name, time)| (name, time.as_millis())));
        match self.0.get_application_name() {
            Some(_) => options,
            None => options.application_name("sextet"),
        }
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let options: PgConnectOptions = text.parse().map_err(|cause: sqlx::Error| match cause {
            sqlx::Error::Configuration(cause) => cause.to_string(),
            other => other.to_string(),
        })?;
        match options.get_ssl_mode() {
            // Rather nothing at all than in the open what was to be hidden.
            PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull => {
                Err("TLS is not spoken here: sslmode may be disable, allow or prefer".to_owned())
            }
            _ => Ok(Address(options.into())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.0.get_username();
        let database = self.0.get_database().unwrap_or(user);
        match self.0.get_socket() {
            Some(folder) => write!(f, "postgres://{user}@/{database}?host={}", folder.display()),
            None => write!(f, "postgres://{user}@{}:{}/{database}", self.0.get_host(), self.0.get_port()),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().expect("an address")
    }

    #[test]
    fn it_is_shown_without_its_password() {
        let address = address("postgresql://me:secret@there:5433/mine?password=secret");
        assert_eq!(address.to_string(), "postgres://me@there:5433/mine");
        assert_eq!(format!("{address:?}"), "postgres://me@there:5433/mine");
    }

    #[test]
    fn time_outs_are_set_unless_they_are_given() {
        let options = address("postgres://me@there/mine?options[lock_timeout]=7").options();
        let options = options.get_options().unwrap_or_default().to_owned();
        assert_eq!(options.matches("lock_timeout").count(), 1, "{options}");
        assert!(options.contains("lock_timeout=7") && options.contains("statement_timeout=20000"), "{options}");
    }

    #[test]
    fn nothing_is_sent_in_the_open_that_was_to_be_hidden() {
        for mode in ["require", "verify-ca", "verify-full"] {
            let refused = format!("postgres://me@there/mine?sslmode={mode}").parse::<Address>().err();
            assert!(refused.is_some_and(|why| why.contains("TLS")), "{mode}");
        }
    }
}
