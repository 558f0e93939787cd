//! A look-up allocates nothing, wherever it leads.

use handrolled_router::Builder;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The only test of this file: another one, at the same time, would be counted too.
#[test]
fn a_look_up_allocates_nothing() {
    let mut builder = Builder::new();
    let long = "organisations-of-the-whole-world";
    for pattern in ["/", "/a/b", "/a/{x}/c", "/a/{*z}", &format!("/{long}/{{id}}"), "/{x}/{y}/{z}"] {
        builder.insert(pattern, ()).expect("no conflict");
    }
    let router = builder.build();
    let longer = format!("/{long}/{}", "x".repeat(500));
    let paths = ["/", "/a/b", "/a/b/c", "/a/b/d", "/q/r/s", "/q/r/s/t", "//", "", &longer];
    let region = Region::new(ALLOCATOR);
    let found =
        paths.iter().filter(|path| router.find(path).is_some_and(|found| found.params.get(0, path) != Some("-")));
    let found = found.count();
    assert_eq!(region.change().allocations, 0);
    assert_eq!(found, 6);
    drop(vec![0]);
    assert_ne!(region.change().allocations, 0, "nothing is counted");
}
