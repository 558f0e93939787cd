//! What the schema has against a file.

use serde_json::Value;
use std::fs;

/// Nothing if it is sound.
pub fn objections(raw: &str) -> Option<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/run.schema.json");
    let schema = fs::read_to_string(path).expect("the schema");
    let parsed = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("run", parsed(&schema)).expect("a schema");
    let compiled = compiler.compile("run", &mut schemas).expect("a sound schema");
    schemas.validate(&parsed(raw), compiled).err().map(|objection| format!("{objection:#}"))
}
