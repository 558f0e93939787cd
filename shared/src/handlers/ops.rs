//! What an operator needs.

use crate::{app::App, error::Error, openapi};

/// `GET /livez`
pub async fn livez() -> &'static str {
    "ok"
}

/// `GET /readyz`
///
/// # Errors
/// A 503 while draining or while the store is down.
pub async fn readyz(app: &App) -> Result<&'static str, Error> {
    if app.shutdown.has_begun() {
        return Err(Error::Unavailable("The server is about to stop."));
    }
    app.store.ping().await?;
    Ok("ok")
}

/// `GET /metrics`
pub async fn metrics(app: &App) -> String {
    app.metrics.render()
}

/// `GET /openapi.json`
pub async fn openapi() -> &'static str {
    openapi::document()
}
