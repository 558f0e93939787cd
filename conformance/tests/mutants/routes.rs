//! Content: the page, sums, items, uploads, delays, and what operators ask for.

use super::{Answer, Mutation, Spoil, answer, request};

/// One more than it says.
fn one_more(answer: &mut Answer, path: &str) -> bool {
    answer.asked.path() == path
        && answer.edit(|text| text.parse::<i128>().map_or_else(|_| text.to_owned(), |count| (count + 1).to_string()))
}

pub fn mutations() -> Vec<Mutation> {
    [front(), bench(), delays(), addresses(), siblings(), ops()].into_iter().flatten().collect()
}

fn front() -> Vec<Mutation> {
    vec![
        request("ignores_accept", &["front::json_by_name"], |head| head.remove("accept")),
        request("ignores_weights_of_types", &["front::json_by_quality"], |head| {
            head.change("accept", |accept| accept.replace(";q=0.4", ""))
        }),
        answer("the_page_does_not_vary_by_accept", &["front::every_answer_varies_by_accept"], |answer| {
            answer.asked.path() == "/"
                && answer.head.remove("vary")
                && answer.head.add("vary", "origin, accept-encoding")
        }),
        answer("the_page_is_another", &["front::the_page_is_the_contracts"], |answer| {
            answer.asked.path() == "/" && answer.replace("</html>", "<!-- made in haste --></html>")
        }),
        answer("the_index_lacks_a_route", &["front::the_index_lists_every_route"], |answer| {
            answer.asked.path() == "/"
                && answer.replace(r#"{"operation":"plaintext","method":"GET","path":"/plaintext"},"#, "")
        }),
    ]
}

fn bench() -> Vec<Mutation> {
    vec![
        answer("json_is_pretty", &["bench::json"], |answer| answer.replace("{\"message\":", "{\n  \"message\": ")),
        answer("text_ends_in_a_line_feed", &["bench::plaintext"], |answer| {
            answer.asked.path() == "/plaintext" && answer.edit(|text| format!("{text}\n"))
        }),
        answer("sums_wrap_around", &["bench::sum_does_not_overflow"], |answer| {
            answer.replace("18446744073709551614", "-2")
        }),
        answer("sums_are_off_by_one", &["bench::sum_of_two"], |answer| one_more(answer, "/baseline11")),
        answer("uploads_are_off_by_one", &["upload::bytes_are_counted"], |answer| one_more(answer, "/upload")),
        answer("uploads_stop_at_64_kib", &["upload::large_bodies_are_read"], |answer| {
            answer.asked.path() == "/upload" && answer.edit(|text| text.replace("1000000", "65536"))
        }),
        answer("uploads_have_no_bound", &["upload::an_announced_body_over_the_limit_is_413"], |answer| {
            answer.asked.path() == "/upload"
                && answer.is(413)
                && answer.become_text(200, "text/plain; charset=utf-8", "0")
        }),
        answer("uploads_count_the_framing", &["upload::bytes_in_chunks_are_counted"], |answer| {
            answer.asked.has("transfer-encoding", "chunked") && one_more(answer, "/upload")
        }),
        request("items_ignore_m", &["items::totals_are_price_times_quantity_times_m"], |head| {
            let without = head.word(1).replace("?m=3", "");
            head.set_word(1, &without)
        }),
        answer("items_have_another_total", &["items::totals_are_price_times_quantity_times_m"], |answer| {
            answer.replace("\"total\":", "\"total\":1")
        }),
        answer("items_are_counted_from_0", &["items::totals_are_price_times_quantity_times_m"], |answer| {
            answer.asked.path().starts_with("/json/") && answer.replace("{\"id\":1,", "{\"id\":0,")
        }),
        answer("items_count_one_less", &["items::totals_are_price_times_quantity_times_m"], |answer| {
            answer.asked.path().starts_with("/json/")
                && answer.edit(|text| text.replace("\"count\":50}", "\"count\":49}"))
        }),
        answer("items_are_the_same_item", &["items::fewer_are_the_first_of_all"], |answer| {
            answer.asked.path().starts_with("/json/") && answer.edit(repeated)
        }),
        answer("there_are_no_more_items_than_49", &["items::totals_are_price_times_quantity_times_m"], |answer| {
            answer.asked.path() == "/json/50" && answer.fail(&shared::Error::NotFound)
        }),
    ]
}

/// The first item, again and again, under other numbers.
fn repeated(text: &str) -> String {
    let items = text.strip_prefix("{\"items\":[").and_then(|text| text.split_once("},{\"id\":2,"));
    let Some((first, _)) = items else { return text.to_owned() };
    let count = text.matches("},{\"id\":").count() + 1;
    let body = first.trim_start_matches("{\"id\":1,");
    let items: Vec<_> = (1..=count).map(|id| format!("{{\"id\":{id},{body}}}")).collect();
    format!("{{\"items\":[{}],\"count\":{count}}}", items.join(","))
}

fn delays() -> Vec<Mutation> {
    vec![
        Mutation::new(
            "delays_are_not_waited_for",
            &["delay::is_as_long_as_it_says"],
            Spoil::Both(
                |head| head.path().ends_with("0") && head.path().starts_with("/delay/") && head.set_word(1, "/delay/0"),
                |answer| {
                    let ms = answer.asked.path().trim_start_matches("/delay/").to_owned();
                    answer.edit(|text| text.replace("waited 0 ms", &format!("waited {ms} ms")))
                },
            ),
        ),
        answer("delays_speak_of_seconds", &["delay::some"], |answer| {
            answer.asked.path().starts_with("/delay/") && answer.edit(|text| text.replace(" ms", " s"))
        }),
        answer("delays_have_no_bound", &["delay::too_long_is_404"], |answer| {
            answer.asked.path() == "/delay/10001" && answer.become_text(200, "text/plain; charset=utf-8", "waited")
        }),
    ]
}

fn addresses() -> Vec<Mutation> {
    vec![
        answer("ports_are_others", &["resolve::tcp"], |answer| {
            answer.asked.path().starts_with("/resolve/")
                && answer.edit(|text| text.replace("\"port\":80,", "\"port\":8080,"))
        }),
        answer("zones_are_lost", &["resolve::a_zone_by_its_number"], |answer| {
            answer.asked.path().starts_with("/resolve/")
                && answer.edit(|text| text.replace("\"zone\":\"1\"", "\"zone\":null"))
        }),
        answer("addresses_are_as_they_were_written", &["resolve::udp6_is_canonical"], |answer| {
            answer.asked.path().starts_with("/resolve/")
                && answer.edit(|text| text.replace("2001:db8::1", "2001:DB8:0:0:0:0:0:1"))
        }),
        answer("networks_have_both_versions", &["resolve::tcp4_has_no_ipv6"], |answer| {
            answer.asked.path() == "/resolve/tcp4" && answer.become_text(200, "application/json", "{}")
        }),
        answer("networks_are_in_any_case", &["resolve::networks_are_in_lower_case"], |answer| {
            answer.asked.path() == "/resolve/TCP" && answer.become_text(200, "application/json", "{}")
        }),
    ]
}

fn members(answer: &mut Answer, change: fn(&str) -> String) -> bool {
    answer.asked.path() == "/members" && answer.edit(change)
}

fn relay(answer: &Answer) -> bool {
    answer.asked.path() == "/relay" && answer.is(200)
}

fn siblings() -> Vec<Mutation> {
    vec![
        answer("members_are_there_twice", &["members::tell_what_they_are"], |answer| {
            members(answer, |text| format!("[{0},{0}]", text.trim_matches(['[', ']'])))
        }),
        answer("members_have_other_states", &["members::tell_what_they_are"], |answer| {
            members(answer, |text| text.replace("alive", "up"))
        }),
        answer("members_have_no_port", &["members::tell_what_they_are"], |answer| {
            members(answer, |text| text.replace("127.0.0.1:", "127.0.0.1#"))
        }),
        answer("members_know_no_time", &["members::tell_what_they_are"], |answer| {
            members(answer, |text| text.replace("00:00:00Z", "0:00"))
        }),
        answer("members_tell_more", &["members::tell_what_they_are"], |answer| {
            members(answer, |text| text.replace("\"name\"", "\"port\":1,\"name\""))
        }),
        answer("nobody_is_there_but_somebody_answers", &["relay::gives_the_answer_of_a_sibling"], |answer| {
            members(answer, |_| "[]".to_owned())
        }),
        answer("relays_do_not_say_whose_answer_it_is", &["relay::gives_the_answer_of_a_sibling"], |answer| {
            relay(answer) && answer.head.remove("x-served-by")
        }),
        answer("relays_name_a_stranger", &["relay::says_whose_answer_it_is"], |answer| {
            relay(answer) && answer.head.change("x-served-by", |_| "stranger".to_owned())
        }),
        answer("relays_answer_themselves", &["relay::gives_the_answer_of_a_sibling"], |answer| {
            relay(answer) && answer.edit(|text| text.replace("World", "Sibling"))
        }),
    ]
}

fn ops() -> Vec<Mutation> {
    vec![
        answer("readyz_says_ready", &["ops::readyz"], |answer| {
            answer.asked.path() == "/readyz" && answer.edit(|_| "ready".to_owned())
        }),
        answer("metrics_are_plain_text", &["ops::metrics"], |answer| {
            answer.asked.path() == "/metrics" && answer.head.set("content-type", "text/plain; charset=utf-8")
        }),
        answer("metrics_do_not_grow", &["ops::metrics_count_requests"], |answer| {
            answer.asked.path() == "/metrics" && answer.edit(|text| frozen(text, "http_requests_total{"))
        }),
        answer("latencies_do_not_grow", &["ops::metrics_count_requests"], |answer| {
            answer.asked.path() == "/metrics"
                && answer.edit(|text| frozen(text, "http_request_duration_seconds_count{"))
        }),
        answer("connections_are_not_counted", &["ops::metrics_count_connections_and_requests_in_flight"], |answer| {
            answer.asked.path() == "/metrics" && answer.edit(|text| frozen(text, "http_connections"))
        }),
        answer("metrics_name_every_path", &["ops::metrics_name_only_operations_and_known_methods"], |answer| {
            answer.asked.path() == "/metrics"
                && answer.edit(|text| text.replace("operation=\"none\"", "operation=\"/no/such/path\""))
        }),
        answer("metrics_name_every_method", &["ops::metrics_name_only_operations_and_known_methods"], |answer| {
            answer.asked.path() == "/metrics" && answer.edit(|text| text.replace("method=\"other\"", "method=\"BREW\""))
        }),
        answer("openapi_lacks_a_route", &["ops::openapi"], |answer| {
            answer.asked.path() == "/openapi.json" && answer.replace("\"/plaintext\":", "\"/plain\":")
        }),
    ]
}

/// Every series of this name at 0.
fn frozen(text: &str, series: &str) -> String {
    let line = |line: &str| match line.rsplit_once(' ') {
        Some((name, _)) if name.starts_with(series) => format!("{name} 0\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}
