//! The views of the page, as a reader meets them.

/// Routes: the code of the six in panes.
pub mod code;
/// The six, asked from the page.
pub mod live;
/// What the judge and the lab tell.
pub mod told;
/// What holds of all views.
pub mod used;
