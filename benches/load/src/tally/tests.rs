//! A window made by hand: what is in it and what is not.

use super::*;

/// Sent at `sent`, due at `due`, in milliseconds.
fn request(start: Instant, due: u64, sent: u64) -> Sent {
    let at = |ms| start + Duration::from_millis(ms);
    Sent { exchange: 0, due: at(due), sent: at(sent), drawn: false }
}

#[test]
fn a_request_belongs_to_the_window_in_which_it_was_due() {
    let start = Instant::now();
    let at = |ms| start + Duration::from_millis(ms);
    let mut tally = Tally::default();
    // The window is from 100 to 300. This one is due before, and answered within.
    let early = request(start, 50, 50);
    tally.due(early.due, 1);
    tally.sent(&early, true);
    tally.moved(10, 0);
    tally.open(at(100));
    tally.answered(&early, at(150), true, Ok(()));
    // Due and answered within; sent 20 late.
    let within = request(start, 160, 180);
    tally.due(within.due, 1);
    tally.sent(&within, true);
    tally.moved(10, 30);
    tally.answered(&within, at(200), true, Err("wrong".to_owned()));
    // Due within, sent from a queue, answered behind.
    let late = request(start, 200, 250);
    tally.due(late.due, 1);
    tally.queued(1);
    tally.sent(&late, false);
    tally.close(at(300));
    tally.answered(&late, at(400), true, Ok(()));
    // Due within, and lost or never sent.
    let lost = request(start, 299, 310);
    tally.due(lost.due, 1);
    tally.sent(&lost, false);
    tally.lost(&[lost], at(899), ErrorKind::Reset, &|| "lost".to_owned());
    tally.due(at(299), 2);
    tally.unsent(at(299), 2, at(999));
    // Due behind.
    let behind = request(start, 300, 300);
    tally.due(behind.due, 1);
    tally.sent(&behind, true);
    tally.answered(&behind, at(301), true, Err("nobody asks".to_owned()));

    assert_eq!(tally.in_flight(), 0);
    let told = tally.outcome(true, Generator::default(), [(), ()]);
    assert_eq!((told.sent, told.answered, told.compared, told.completed), (3, 2, 2, 1));
    assert_eq!((told.wrong.count, &told.wrong.samples[..]), (1, &["wrong".to_owned()][..]));
    assert_eq!((told.errors.total(), told.errors.counts[&ErrorKind::Unsent]), (3, 2));
    assert!((told.seconds - 0.2).abs() < 1e-9 && (told.achieved - 5.0).abs() < 1e-6);
    // 50 ms of the first, 20 of the second, 50 of the third, in 200.
    assert!((told.in_flight - 0.6).abs() < 1e-9, "{}", told.in_flight);
    // 100 ms for the first and 20 for the second. At the borders 50 of the first were over, and 50 of the third.
    assert!(told.in_flight_at_borders.abs() < 1e-9, "{}", told.in_flight_at_borders);
    assert!((told.in_flight_by_little - 0.6).abs() < 1e-9, "{}", told.in_flight_by_little);
    assert_eq!((told.bytes_out, told.bytes_in), (5.0, 15.0));
    let open = told.open.expect("an open loop");
    assert!((open.offered - 25.0).abs() < 1e-6, "{}", open.offered);
    let near = |value: f64, ms: f64| assert!((value / 1000.0 / ms - 1.0).abs() < 0.01, "{value} for {ms}");
    // 40 and 200, and 600, 700, 700 of what was given up.
    assert_eq!((open.latency.count, open.service.count, open.lag.count), (5, 2, 1));
    near(open.latency.p50, 600.0);
    near(open.latency.max, 700.0);
    near(open.service.max, 150.0);
    near(open.lag.max, 20.0);
    assert_eq!(open.longest_queue, 1);
}
