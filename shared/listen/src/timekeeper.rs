//! The thread that keeps the time for all connections.
//!
//! A runtime in which a timer is set tells the kernel so each time it waits, and looks through its timers each time it
//! wakes. With one on every connection that would be each request's to pay, though none of them is due for seconds. So
//! they are set in a runtime of their own, which only keeps time: its thread sleeps until the next is due, and wakes the
//! task that waits for it, wherever that runs. tokio allows for it: a timer belongs to the
//! [runtime that was entered](https://docs.rs/tokio/1/tokio/runtime/struct.Handle.html#method.enter) when it was made.
//!
//! What else sets a timer in the runtime of the requests undoes this for as long as it is set.

use std::future::pending;
use std::sync::{OnceLock, mpsc};
use std::time::Instant;
use std::{io, thread};

use tokio::runtime::{Builder, Handle};
use tokio::time::Sleep;

/// A timer that is due at `time`. It may be set anew, and will stay with the thread.
pub(crate) fn sleep_until(time: Instant) -> Sleep {
    static KEEPER: OnceLock<Option<Handle>> = OnceLock::new();
    // Where a system spares no thread, the time is kept as usual: dearer, and as well.
    let keeper = KEEPER.get_or_init(|| start(thread::Builder::new()));
    let _inside = keeper.as_ref().map(Handle::enter);
    tokio::time::sleep_until(time.into())
}

/// The runtime is made in its thread: it could not be given up where tasks run.
fn start(thread: thread::Builder) -> Option<Handle> {
    let (tell, told) = mpsc::channel();
    let keep = move || {
        let runtime = Builder::new_current_thread().enable_time().build()?;
        // Whoever asked waits for it.
        _ = tell.send(runtime.handle().clone());
        runtime.block_on(pending::<io::Result<()>>())
    };
    thread.name("timekeeper".to_owned()).spawn(keep).ok()?;
    told.recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A thread of that size is not to be had, and no runtime may be dropped where tasks run.
    #[tokio::test]
    async fn without_a_thread_there_is_no_keeper() {
        assert!(start(thread::Builder::new().stack_size(usize::MAX / 4)).is_none());
    }

    /// Here no timers can be made: it must be another runtime's.
    #[test]
    fn it_keeps_the_time_for_a_runtime_without() {
        let without = Builder::new_current_thread().build().expect("a runtime");
        let begun = Instant::now();
        without.block_on(async { sleep_until(begun + Duration::from_millis(5)).await });
        assert!(begun.elapsed() >= Duration::from_millis(5));
    }
}
