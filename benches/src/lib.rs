//! What each style costs, measured.
