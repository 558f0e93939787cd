//! `/openapi.json`: the contract as OpenAPI 3.1. Paths come from [`ROUTES`], schemas from the types
//! that are really sent, so that neither can fall behind.

use crate::{
    contract::{Method, Operation, ROUTES, Route, media, patterns},
    domain::{Family, FileBody, Items, MemberBody, MemberState, Resolved, Stats, StoredFile, TodoBody},
    error::Problem,
    handlers::{Index, Message},
};
use std::sync::LazyLock;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Paths, PathsBuilder, Ref, RefOr, Required,
        Response, ResponseBuilder, Schema,
        path::{OperationBuilder, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::ComponentsBuilder,
    },
};

/// The document, as JSON; made once.
pub fn document() -> &'static str {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
        // A document of strings and maps cannot fail to serialise.
        describe().to_json().unwrap_or_default()
    });
    &DOCUMENT
}

/// What `POST /todos` takes; `PATCH /todos/{id}` takes at least one of the same fields.
#[derive(ToSchema)]
#[schema(as = TodoInput)]
#[allow(dead_code, reason = "only its schema is used; crate::domain::TodoDraft reads the body")]
struct TodoInput {
    /// 1..=200 characters after trimming; `POST` requires it.
    #[schema(required = false)]
    title: String,
    /// `false` unless told otherwise.
    #[schema(required = false)]
    completed: bool,
    /// `null` takes it away.
    #[schema(required = false)]
    order: Option<i64>,
}

fn describe() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Sextet")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("One small HTTP service, written six ways in Rust."));
    OpenApiBuilder::new().info(info).paths(paths()).components(Some(components())).build()
}

fn components() -> Components {
    let mut schemas = Vec::new();
    Items::schemas(&mut schemas);
    Index::schemas(&mut schemas);
    Problem::schemas(&mut schemas);
    ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .schema_from::<Items>()
        .schema_from::<Index>()
        .schema_from::<Message>()
        .schema_from::<Stats>()
        .schema_from::<TodoBody>()
        .schema_from::<FileBody>()
        .schema_from::<StoredFile>()
        .schema_from::<Family>()
        .schema_from::<Resolved>()
        .schema_from::<MemberState>()
        .schema_from::<MemberBody>()
        .schema_from::<TodoInput>()
        .schema_from::<Problem>()
        .build()
}

fn paths() -> Paths {
    let path = |paths: PathsBuilder, pattern| paths.path(template(pattern), path_item(pattern));
    patterns().into_iter().fold(PathsBuilder::new(), path).build()
}

/// OpenAPI has no parameter that spans slashes: it is described as one that does not, and says so.
fn template(pattern: &str) -> String {
    pattern.replace("{*", "{")
}

fn path_item(pattern: &str) -> PathItem {
    let mut item = PathItem::default();
    for route in ROUTES.iter().filter(|route| route.pattern == pattern) {
        let operation = Some(operation(route).build());
        match route.method {
            Method::Get => item.get = operation,
            Method::Post => item.post = operation,
            Method::Put => item.put = operation,
            Method::Patch => item.patch = operation,
            Method::Delete => item.delete = operation,
        }
    }
    item
}

fn operation(route: &Route) -> OperationBuilder {
    let mut operation = OperationBuilder::new()
        .operation_id(Some(route.operation.name()))
        .tag(route.group.name())
        .summary(Some(route.summary))
        .request_body(request_body(route.operation));
    for name in route.pattern.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')) {
        operation = operation.parameter(match name.strip_prefix('*') {
            None => parameter(name, ParameterIn::Path, integer()),
            Some(rest) => parameter(rest, ParameterIn::Path, String::schema())
                .description(Some("One or more names with slashes between; slashes are not encoded.")),
        });
    }
    for name in route.query.split(',').filter(|name| !name.is_empty()) {
        operation = operation.parameter(parameter(name, ParameterIn::Query, query_schema(name)));
    }
    for name in fields(route.operation) {
        operation = operation.parameter(parameter(name, ParameterIn::Header, String::schema()));
    }
    for (status, response) in responses(route.operation) {
        operation = operation.response(status, response);
    }
    operation.response("default", problem())
}

fn integer() -> RefOr<Schema> {
    i64::schema()
}

fn query_schema(name: &str) -> RefOr<Schema> {
    match name {
        "completed" => bool::schema(),
        "address" => String::schema(),
        _ => integer(),
    }
}

fn parameter(name: &str, place: ParameterIn, schema: RefOr<Schema>) -> ParameterBuilder {
    let path = place == ParameterIn::Path;
    let required = path || ["a", "b", "address"].contains(&name);
    let required = if required { Required::True } else { Required::False };
    ParameterBuilder::new().name(name).parameter_in(place).required(required).schema(Some(schema))
}

/// The header fields that an operation reads, conditions above all.
fn fields(operation: Operation) -> &'static [&'static str] {
    match operation {
        Operation::GetTodo => &["if-none-match", "if-match"],
        Operation::UpdateTodo | Operation::DeleteTodo => &["if-match", "if-none-match"],
        Operation::PutFile | Operation::DeleteFile => &["if-match", "if-none-match", "if-unmodified-since"],
        Operation::GetFile => {
            &["if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "range", "if-range"]
        }
        Operation::Events => &["last-event-id"],
        _ => &[],
    }
}

fn request_body(operation: Operation) -> Option<utoipa::openapi::request_body::RequestBody> {
    let content = match operation {
        Operation::SumBody => ("text/plain", Content::new(Some(integer()))),
        Operation::Upload | Operation::PutFile => {
            ("application/octet-stream", Content::new(Some(utoipa::openapi::Object::new())))
        }
        Operation::CreateTodo | Operation::UpdateTodo => (media::JSON, of::<TodoInput>()),
        _ => return None,
    };
    Some(RequestBodyBuilder::new().content(content.0, content.1).required(Some(Required::True)).build())
}

/// The answers that are not errors.
fn responses(operation: Operation) -> Vec<(&'static str, Response)> {
    use Operation::*;
    let ok = |kind, content| vec![("200", answer("OK", kind, content))];
    match operation {
        Home => {
            let both = ResponseBuilder::new().description("OK").content(media::HTML, text());
            vec![("200", both.content(media::JSON, of::<Index>()).build())]
        }
        Plaintext | SumQuery | SumBody | Upload | Delay | Livez | Readyz => ok(media::TEXT, text()),
        Metrics => ok(media::METRICS, text()),
        Json | Relay => ok(media::JSON, of::<Message>()),
        Items => ok(media::JSON, of::<crate::domain::Items>()),
        Resolve => ok(media::JSON, of::<Resolved>()),
        Members => ok(media::JSON, Content::new(Some(Vec::<MemberBody>::schema()))),
        ListTodos => ok(media::JSON, Content::new(Some(Vec::<TodoBody>::schema()))),
        CreateTodo => vec![("201", answer("Created", media::JSON, of::<TodoBody>()))],
        ClearTodos | DeleteTodo | DeleteFile => vec![("204", Response::new("No Content"))],
        TodoStats => ok(media::JSON, of::<Stats>()),
        GetTodo => {
            vec![("200", answer("OK", media::JSON, of::<TodoBody>())), ("304", Response::new("Not Modified"))]
        }
        UpdateTodo => ok(media::JSON, of::<TodoBody>()),
        ListFiles => ok(media::JSON, Content::new(Some(Vec::<FileBody>::schema()))),
        PutFile => {
            let stored = |description| answer(description, media::JSON, of::<StoredFile>());
            vec![("200", stored("OK: replaced")), ("201", stored("Created"))]
        }
        GetFile => {
            let bytes = |description| answer(description, "*/*", Content::new(Some(utoipa::openapi::Object::new())));
            vec![("200", bytes("OK")), ("206", bytes("Partial Content")), ("304", Response::new("Not Modified"))]
        }
        Events => ok(media::EVENTS, text()),
        Socket => vec![("101", Response::new("Switching Protocols"))],
        Openapi => ok(media::JSON, Content::new(Some(utoipa::openapi::Object::new()))),
    }
}

fn answer(description: &str, kind: &str, content: Content) -> Response {
    ResponseBuilder::new().description(description).content(kind, content).build()
}

fn problem() -> Response {
    answer("Any error: a problem (RFC 9457)", media::PROBLEM, of::<Problem>())
}

fn text() -> Content {
    Content::new(Some(String::schema()))
}

fn of<T: ToSchema>() -> Content {
    Content::new(Some(Ref::from_schema_name(T::name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_and_every_reference_is_there() {
        let document: serde_json::Value = serde_json::from_str(document()).expect("JSON");
        assert_eq!(document["openapi"], "3.1.0");
        for route in ROUTES {
            let method = route.method.as_str().to_lowercase();
            assert_eq!(document["paths"][template(route.pattern)][method]["operationId"], route.operation.name());
        }
        for reference in references(&document) {
            let name = reference.strip_prefix("#/components/schemas/").expect("a schema");
            assert!(document["components"]["schemas"][name].is_object(), "{name} is not described");
        }
    }

    fn references(value: &serde_json::Value) -> Vec<String> {
        match value {
            serde_json::Value::Object(map) => map
                .iter()
                .flat_map(|(key, value)| match value.as_str() {
                    Some(target) if key == "$ref" => vec![target.to_owned()],
                    _ => references(value),
                })
                .collect(),
            serde_json::Value::Array(values) => values.iter().flat_map(references).collect(),
            _ => Vec::new(),
        }
    }
}
