//! WebSockets: what the three libraries on [tungstenite](https://docs.rs/tungstenite/0.29) have in common.

use shared::{App, domain::Broken};
use tungstenite::Error;

/// tungstenite's own, which nobody can lower everywhere: a buffer must hold more than this.
const LEAST_BUFFER: usize = 128 * 1024;

/// The most bytes of a message.
pub fn message_bytes(app: &App) -> usize {
    app.config.limits.max_message_bytes
}

/// The most bytes that wait to be written: room for one message and the control frames around it.
pub fn buffer_bytes(app: &App) -> usize {
    message_bytes(app).saturating_add(2 * LEAST_BUFFER)
}

/// Why reading failed: finds tungstenite's error however deep a framework has wrapped it.
pub fn broken(error: &(dyn std::error::Error + 'static)) -> Broken {
    let mut error = Some(error);
    while let Some(at) = error {
        match at.downcast_ref::<Error>() {
            Some(Error::Capacity(_)) => return Broken::TooLarge,
            Some(Error::Utf8(_)) => return Broken::NotUtf8,
            Some(Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)) => {
                return Broken::Gone;
            }
            Some(Error::Protocol(_)) => return Broken::Protocol,
            Some(_) => return Broken::Gone,
            None => error = at.source(),
        }
    }
    Broken::Gone
}
