//! The form for a request: what the contract's OpenAPI document says that a route reads, with an example of each.

use serde::Serialize;
use serde_json::Value;
use shared::{
    contract::{Operation, Route},
    openapi,
};

/// What a route reads.
#[derive(Debug, PartialEq, Serialize)]
pub struct Form {
    /// Parts of the path, keys of the query, header fields.
    pub inputs: Vec<Input>,
    /// The body, if it reads one.
    pub body: Option<Body>,
}

/// One of them.
#[derive(Debug, PartialEq, Serialize)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Whether there is no request without it.
    pub required: bool,
    /// What a first request has there.
    pub example: &'static str,
}

/// A body.
#[derive(Debug, PartialEq, Serialize)]
pub struct Body {
    /// Its media type.
    pub media: String,
    /// What a first request has there.
    pub example: &'static str,
}

/// The form of a route.
///
/// # Errors
/// When the document does not have the route.
pub fn of(document: &Value, route: &Route) -> Result<Form, String> {
    // OpenAPI has no parameter that spans slashes.
    let path = route.pattern.replace("{*", "{");
    let told = &document["paths"][&path][route.method.as_str().to_lowercase()];
    if told.is_null() {
        return Err(format!("the OpenAPI document has no {} {path}", route.method.as_str()));
    }
    let inputs = told["parameters"].as_array().into_iter().flatten().map(input);
    let media = told["requestBody"]["content"].as_object().and_then(|content| content.keys().next());
    let body = media.map(|media| Body { media: media.clone(), example: body(route.operation) });
    Ok(Form { inputs: inputs.collect(), body })
}

/// The document, parsed.
///
/// # Errors
/// When it is no JSON.
pub fn document() -> Result<Value, String> {
    serde_json::from_str(openapi::document()).map_err(|cause| cause.to_string())
}

fn input(parameter: &Value) -> Input {
    let text = |key: &str| parameter[key].as_str().unwrap_or_default().to_owned();
    let name = text("name");
    let example = example(&name);
    Input { place: text("in"), required: parameter["required"] == true, example, name }
}

/// Something that is answered well by a server that has just been started; nothing where nothing will do.
fn example(name: &str) -> &'static str {
    match name {
        "a" | "id" => "1",
        "b" | "m" => "2",
        "count" => "3",
        "ms" => "100",
        "network" => "tcp",
        "address" => "localhost:80",
        "path" => "notes/hello.txt",
        _ => "",
    }
}

fn body(operation: Operation) -> &'static str {
    match operation {
        Operation::SumBody => "3",
        Operation::CreateTodo => "{\"title\":\"read the six\"}",
        Operation::UpdateTodo => "{\"completed\":true}",
        _ => "Hello, file!",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::contract::ROUTES;

    #[test]
    fn every_route_has_its_form() {
        let document = document().expect("JSON");
        for route in ROUTES {
            let form = of(&document, route).expect("a form");
            for (place, names) in [("path", params(route.pattern)), ("query", keys(route.query))] {
                let found: Vec<_> =
                    form.inputs.iter().filter(|input| input.place == place).map(|input| &input.name).collect();
                assert_eq!(found, names.iter().collect::<Vec<_>>(), "{}", route.pattern);
            }
            assert!(form.inputs.iter().all(|input| !input.required || !input.example.is_empty()), "{form:?}");
        }
    }

    fn params(pattern: &str) -> Vec<String> {
        let names = pattern.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        names.map(|name| name.trim_start_matches('*').to_owned()).collect()
    }

    fn keys(query: &str) -> Vec<String> {
        query.split(',').filter(|key| !key.is_empty()).map(str::to_owned).collect()
    }
}
