//! `/livez`, `/readyz`, `/metrics` and `/openapi.json`.

use crate::{
    case::{Case, case},
    check::{Check, Needs},
    fact::Fact,
    finding::{Finding, Verdict, once},
    request::Request,
    target::Target,
};
use shared::{
    contract::{ROUTES, media},
    openapi,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("ops::livez", Request::get("/livez")).ok(media::TEXT, "ok"),
        case("ops::readyz", Request::get("/readyz")).ok(media::TEXT, "ok"),
        case("ops::openapi", Request::get("/openapi.json")).ok(media::JSON, openapi::document()),
        case("ops::metrics", Request::get("/metrics"))
            .status(200)
            .field("content-type", media::METRICS)
            .fact(Fact::Contains("# TYPE http_requests_total counter\n".into()))
            .fact(Fact::Contains("# TYPE http_request_duration_seconds histogram\n".into()))
            .fact(Fact::Contains("# TYPE http_requests_in_flight gauge\n".into()))
            .fact(Fact::Contains("# TYPE http_connections gauge\n".into()))
            .fact(Fact::Contains("# TYPE http_requests_cancelled_total counter\n".into())),
    ]
}

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::law("ops::metrics_count_requests", Needs::Nothing, metrics_count_requests),
        Check::law("ops::metrics_name_only_operations_and_known_methods", Needs::Nothing, metrics_name_operations),
        Check::law("ops::metrics_count_connections_and_requests_in_flight", Needs::Nothing, metrics_have_gauges),
    ]
}

fn metrics_count_requests(target: &Target) -> Verdict {
    let asked = [
        (Request::get("/plaintext"), "plaintext", "GET", 200),
        (Request::new("HEAD", "/plaintext"), "plaintext", "HEAD", 200),
        (Request::get("/todos/999999999999"), "get_todo", "GET", 404),
        (Request::new("POST", "/todos").json("{"), "create_todo", "POST", 400),
        (Request::new("BREW", "/plaintext"), "none", "other", 405),
        (Request::get("/nowhere"), "none", "GET", 404),
    ];
    once(|| {
        for (request, operation, method, status) in asked {
            let labels = format!("operation=\"{operation}\",method=\"{method}\"");
            let requests = format!("http_requests_total{{{labels},status=\"{status}\"}}");
            let latency = format!("http_request_duration_seconds_count{{{labels}}}");
            let before = (target.metric(&requests)?, target.metric(&latency)?);
            let exchange = target.expect(&request, &[Fact::Status(status)])?;
            let after = (target.metric(&requests)?, target.metric(&latency)?);
            // Others may ask at the same time.
            if after.0 < before.0 + 1.0 || after.1 < before.1 + 1.0 {
                return Err(exchange.finding(format!("{requests} or its latency did not grow: {before:?}, {after:?}")));
            }
        }
        Ok(())
    })
}

/// A client must not be able to make series without end.
fn metrics_name_operations(target: &Target) -> Verdict {
    once(|| {
        for request in [Request::get("/no/such/path"), Request::new("BREW", "/plaintext"), Request::get("/json/7")] {
            target.ask(&request)?;
        }
        let exchange = target.expect(&Request::get("/metrics"), &[Fact::Status(200)])?;
        let text = String::from_utf8_lossy(&exchange.answer.body).into_owned();
        let operations: Vec<_> = ROUTES.iter().map(|route| route.operation.name()).chain(["none"]).collect();
        let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "other"];
        for (label, known) in [("operation", &operations[..]), ("method", &methods)] {
            let before = format!("{label}=\"");
            let mut values = text.split(&before).skip(1).filter_map(|rest| rest.split('"').next());
            if let Some(value) = values.find(|value| !known.contains(value)) {
                return Err(exchange.finding(format!("a series has the {label} {value:?}")));
            }
        }
        Ok(())
    })
}

fn metrics_have_gauges(target: &Target) -> Verdict {
    once(|| {
        for series in ["http_connections", "http_requests_in_flight"] {
            // The request that reads them is under way on an open connection.
            let value = target.metric(series)?;
            if value < 1.0 {
                return Err(Finding::new(format!("{series} is {value} while a request is under way")));
            }
        }
        Ok(())
    })
}
