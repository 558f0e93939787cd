//! What the middleware decides, as plain functions: the tower layers and actix-web's own
//! middleware ask here, so that all six decide alike.

pub mod allow;
pub mod compression;
pub mod cors;
pub mod host;
pub mod in_flight;
pub mod negotiate;
pub mod request_id;
