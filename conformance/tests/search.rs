//! No request, and no few of them on one connection, that the six answer differently: looked for at random for a bounded
//! time, beside the fixed corpus of `sameness`.
//!
//! An ordinary run looks at the same requests each time. To look further:
//!
//! ```sh
//! SEARCH_SEED=random SEARCH_SECONDS=300 cargo test -p conformance --test search -- --nocapture
//! ```

mod hunt;
mod servers;
mod shape;

use hunt::{Search, Six};
use std::time::Duration;

#[test]
fn nothing_tells_the_six_apart() {
    let search = Search::from_env();
    println!("SEARCH_SEED={} for {:?}", search.seed, search.time);
    match search.run(&Six::start(|_, _| {})) {
        Ok(looked) => {
            println!("{} requests on {} connections: no difference", looked.requests, looked.connections);
        }
        Err(told) => panic!("{told}"),
    }
}

/// One that lets every origin read its answers shows it to requests that name a foreign one only.
#[test]
fn what_tells_one_apart_is_found_and_made_small() {
    let six = Six::start(|server, config| {
        if server.name == "warp-server" {
            config.cors_origin.push("*".to_owned());
        }
    });
    let search = Search { seed: 1, time: Duration::from_secs(60), count: u32::MAX };
    let told = search.run(&six).err().expect("a difference");
    let asked: Vec<_> = told.lines().filter(|line| line.starts_with("    > ")).collect();
    let origins = asked.iter().filter(|line| line.to_ascii_lowercase().starts_with("    > origin:")).count();
    assert_eq!(origins, 1, "{told}");
    // Three lines and an empty one, and the goodbye.
    assert!(asked.len() <= 12, "{told}");
}
