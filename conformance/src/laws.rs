//! Rules that hold for every route. Most loop over the contract, so that a new route is judged by all of them at once.

/// Headers and bodies that every answer has, or must not have.
pub(crate) mod answers;
/// `Accept-Encoding`
mod compression;
/// Keep-alive, pipelining, the end of a connection.
mod connections;
/// `Origin`
mod cors;
/// Which field stands where.
mod fields;
/// Bodies and how they are framed.
mod framing;
/// Request heads, sound and not.
mod heads;
/// Everything that is too large.
mod limits;
/// HEAD, OPTIONS, 405.
mod methods;
/// Paths that are almost those of the contract.
mod paths;
/// One request for every route, and for every kind of error.
pub mod probes;
/// Query strings.
mod queries;
/// What is not to be believed, and not to be said.
mod trust;

use crate::check::{Check, Law, Needs};

/// Laws by the names of their functions.
macro_rules! laws {
    ($needs:ident: $($module:ident::$law:ident),* $(,)?) => {
        [$((stringify!($law), Needs::$needs, $module::$law as Law)),*]
    };
}

/// All of them.
pub fn all() -> Vec<Check> {
    let anywhere = laws![Nothing:
        methods::head_equals_get, methods::options_names_allow, methods::options_asterisk_is_204,
        methods::method_not_allowed_names_allow, methods::connect_with_a_path_is_405,
        methods::methods_are_case_sensitive,
        paths::unknown_path_is_404, paths::trailing_slash_is_404, paths::double_slash_is_404, paths::other_case_is_404,
        paths::encoded_static_segment_is_404, paths::dot_segments_are_not_resolved, paths::empty_parameter_is_404,
        paths::parameters_are_decoded_once, paths::bad_percent_encoding_is_400, paths::invalid_utf8_is_400,
        queries::query_key_twice_is_400, queries::unknown_query_keys_are_ignored,
        queries::a_lone_question_mark_changes_nothing,
        answers::routes_answer_as_expected, answers::errors_are_problems, answers::request_id_is_echoed,
        answers::request_id_is_replaced, answers::request_ids_differ, answers::only_allowed_headers,
        answers::single_fields_stand_once, answers::date_is_true, answers::content_length_is_there,
        answers::vary_names_origin, answers::bodyless_answers_have_no_content_headers,
        fields::fields_stand_where_they_belong, fields::preflights_have_only_allowed_headers,
        fields::answers_speak_http_1_1,
        trust::requests_are_not_overridden, trust::forwarded_hosts_are_not_believed,
        trust::nothing_comes_before_an_answer,
        cors::cors_loopback_origin_may_read, cors::cors_foreign_origin_gets_nothing, cors::cors_preflight_is_answered,
        cors::cors_foreign_preflight_is_plain_options, cors::cors_without_origin_says_nothing,
        compression::compression_by_gzip, compression::compression_by_br, compression::compression_by_preference,
        compression::compression_by_several_lines,
        compression::compression_not_of_small_answers, compression::compression_of_large_errors,
        compression::compression_weakens_the_tag, compression::compression_of_head_is_that_of_get,
        limits::body_over_the_limit_is_413, limits::body_at_the_limit_is_read, limits::announced_body_is_refused_at_once,
        limits::target_over_the_limit_is_414, limits::target_at_the_limit_is_read, limits::head_over_the_limit_is_431,
        limits::head_at_the_limit_is_read,
        framing::chunks_with_extensions_and_trailers_are_read, framing::broken_chunks_are_400,
        framing::expect_continue_is_answered, framing::unread_bodies_are_drained, framing::cut_bodies_change_nothing,
        heads::sound_heads_are_served, heads::unsound_heads_are_refused, heads::refused_heads_close_the_connection,
        heads::other_versions_are_505, heads::unknown_codings_are_501, heads::refusals_keep_the_request_id,
        heads::heads_in_pieces_are_judged_alike, connections::pipelined_requests_are_answered_in_order,
        connections::answers_without_body_have_none, connections::connections_are_kept,
        connections::connection_close_is_honoured, connections::http_1_0_is_answered,
        connections::a_half_closed_client_is_answered,
    ];
    let on_loopback = laws![Loopback:
        heads::foreign_host_is_421, heads::local_hosts_are_served, heads::absolute_targets_name_the_host,
    ];
    let laws = anywhere.into_iter().chain(on_loopback);
    laws.map(|(name, needs, law)| Check::law(name, needs, law)).collect()
}
