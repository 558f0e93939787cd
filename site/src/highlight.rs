//! Colours for code: each line as texts, each with the kind of thing that it is.

use arborium::Highlighter;
use arborium_highlight::spans_to_flat_tokens;
use serde::Serialize;

/// A piece of a line: its kind (empty for what has no colour), and its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece(pub &'static str, pub String);

/// The lines of a Rust file, in colour.
///
/// # Errors
/// When the grammar cannot be used.
pub fn lines(text: &str) -> Result<Vec<Vec<Piece>>, String> {
    let spans = Highlighter::new().highlight_spans("rust", text).map_err(|cause| cause.to_string())?;
    let (mut lines, mut at) = (vec![Vec::new()], 0);
    for token in spans_to_flat_tokens(text, spans) {
        let (start, end) = (token.start as usize, token.end as usize);
        add(&mut lines, "", text.get(at..start).unwrap_or_default());
        add(&mut lines, kind(token.tag), text.get(start..end).unwrap_or_default());
        at = end;
    }
    add(&mut lines, "", text.get(at..).unwrap_or_default().trim_end_matches('\n'));
    Ok(lines)
}

/// Few colours are read more easily than many: those of the [theme's tags](arborium_highlight) that matter here.
fn kind(tag: &str) -> &'static str {
    match tag {
        "at" => "a",
        "c" | "cd" => "c",
        "cb" | "co" | "n" => "n",
        "cr" => "t",
        "m" => "f",
        _ => match tag.chars().next() {
            Some('f') => "f",
            Some('k') => "k",
            Some('s') => "s",
            Some('t') => "t",
            _ => "",
        },
    }
}

fn add(lines: &mut Vec<Vec<Piece>>, kind: &'static str, text: &str) {
    for (at, part) in text.split('\n').enumerate() {
        if at > 0 {
            lines.push(Vec::new());
        }
        let Some(line) = lines.last_mut().filter(|_| !part.is_empty()) else { continue };
        match line.last_mut().filter(|piece| piece.0 == kind) {
            Some(piece) => piece.1.push_str(part),
            None => line.push(Piece(kind, part.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "/// A\n/// b.\nfn main() {\n    let s = \"x\n y\";\n}\n";

    #[test]
    fn no_text_is_lost() {
        let lines = lines(TEXT).expect("Rust");
        let plain: Vec<String> = lines.iter().map(|line| line.iter().map(|piece| piece.1.as_str()).collect()).collect();
        assert_eq!(plain.join("\n"), TEXT.trim_end());
    }

    #[test]
    fn what_goes_over_lines_has_its_colour_on_each() {
        let lines = lines(TEXT).expect("Rust");
        assert_eq!(lines[0], [Piece("c", "/// A".to_owned())]);
        assert_eq!(lines[2][0], Piece("k", "fn".to_owned()));
        assert!(lines[4].iter().any(|piece| piece.0 == "s" && piece.1.contains('y')), "{:?}", lines[4]);
    }
}
