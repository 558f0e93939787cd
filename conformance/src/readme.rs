//! The tables in README.md, out of the contract: nobody writes them by hand, and a test fails when they are stale.

use crate::verdicts::{self, Told};
use shared::contract::{ROUTES, SERVERS};
use std::fmt::Write as _;

/// The servers as a Markdown table.
pub fn servers() -> String {
    let mut table = String::from("| server | stack | style | port |\n|---|---|---|--:|\n");
    for server in &SERVERS {
        let name = server.name;
        // Writing to a String cannot fail.
        let _ =
            writeln!(table, "| [`{name}`](servers/{name}) | {} | {} | {} |", server.stack, server.style, server.port);
    }
    table
}

/// The routes as a Markdown table.
pub fn routes() -> String {
    let mut table = String::from("| | route | answer |\n|---|---|---|\n");
    let mut group = "";
    for route in ROUTES {
        let name = route.group.name();
        let first = if name == group { "" } else { name };
        group = name;
        let query: Vec<_> = route.query.split(',').filter(|key| !key.is_empty()).map(|key| format!("{key}=")).collect();
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        let _ =
            writeln!(table, "| {first} | `{} {}{query}` | {} |", route.method.as_str(), route.pattern, route.summary);
    }
    table
}

/// The text of `verdicts/README.md` with both tables made anew between their markers.
///
/// # Errors
/// Names the marker that is missing.
pub fn update_verdicts(text: &str, all: &[Told]) -> Result<String, String> {
    let text = replace(text, "summaries", &verdicts::summaries(all))?;
    replace(&text, "violations", &verdicts::violations(all))
}

/// The text with both tables made anew between their markers.
///
/// # Errors
/// Names the marker that is missing.
pub fn update(text: &str) -> Result<String, String> {
    let text = replace(text, "servers", &servers())?;
    replace(&text, "routes", &routes())
}

fn replace(text: &str, name: &str, table: &str) -> Result<String, String> {
    let (begin, end) = (format!("<!-- {name}:begin -->"), format!("<!-- {name}:end -->"));
    let (before, rest) = text.split_once(&begin).ok_or_else(|| format!("there is no {begin}"))?;
    let (_, after) = rest.split_once(&end).ok_or_else(|| format!("there is no {end}"))?;
    Ok(format!("{before}{begin}\n{table}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_replaced_and_the_rest_is_kept() {
        let old =
            "a\n<!-- servers:begin -->\nstale\n<!-- servers:end -->\nb\n<!-- routes:begin --><!-- routes:end -->\nc\n";
        let new = update(old).expect("both markers are there");
        assert!(new.starts_with("a\n<!-- servers:begin -->\n| server |") && new.ends_with("<!-- routes:end -->\nc\n"));
        assert!(!new.contains("stale"));
        assert_eq!(update(&new).as_ref(), Ok(&new));
        assert!(update("nothing").is_err());
    }

    #[test]
    fn tables_have_a_row_for_each() {
        assert_eq!(servers().lines().count(), 2 + SERVERS.len());
        assert_eq!(routes().lines().count(), 2 + ROUTES.len());
        assert!(routes().contains("| `GET /todos?completed=&limit=&offset=` |"));
    }
}
