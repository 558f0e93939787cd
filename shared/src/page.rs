//! The page at `/`: one route, six styles, side by side. All six send the same one.
//!
//! The package `site` builds it out of this workspace (`cargo page`), and its tests fail when this one is stale.

/// The page, whole: it loads nothing else.
pub const PAGE: &str = include_str!("../page/index.html");
