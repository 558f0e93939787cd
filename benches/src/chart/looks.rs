//! Colours, dashes and marks.

use std::fmt::Write;

/// How a line looks: in light, in dark, its dashes, its marks. The colours are told apart by the
/// colour-blind as well, and each is at least three times as dark (or as bright) as its ground.
pub struct Look {
    light: &'static str,
    dark: &'static str,
    /// Its dashes, as SVG says them.
    pub dashes: &'static str,
    /// The outline of its mark, around the point.
    pub mark: &'static str,
    /// Whether the mark is empty.
    pub hollow: bool,
}

const LOOKS: [Look; 8] = [
    Look { light: "#0062a8", dark: "#62b5f5", dashes: "none", mark: CIRCLE, hollow: false },
    Look { light: "#b34700", dark: "#f59a52", dashes: "7 3", mark: SQUARE, hollow: false },
    Look { light: "#007a56", dark: "#3ecf9f", dashes: "2 3", mark: UP, hollow: false },
    Look { light: "#9c3f83", dark: "#e796cd", dashes: "9 3 2 3", mark: DIAMOND, hollow: false },
    Look { light: "#6a6000", dark: "#d8c83c", dashes: "4 2", mark: CIRCLE, hollow: true },
    Look { light: "#222222", dark: "#f2f2f2", dashes: "none", mark: SQUARE, hollow: true },
    Look { light: "#4b4fc4", dark: "#a5a8ff", dashes: "12 3", mark: UP, hollow: true },
    Look { light: "#8a5a44", dark: "#cfa58f", dashes: "2 2 6 2", mark: DIAMOND, hollow: true },
];

const CIRCLE: &str = "m-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0z";
const SQUARE: &str = "m-2.9-2.9h5.8v5.8h-5.8z";
const UP: &str = "m0-3.8l3.6 6.4h-7.2z";
const DIAMOND: &str = "m0-4l4 4l-4 4l-4-4z";

/// How line number `at` looks; the ninth looks like the first.
pub fn look(at: usize) -> &'static Look {
    &LOOKS[at % LOOKS.len()]
}

/// The class of line number `at`.
pub fn class(at: usize) -> String {
    format!("line{}", at % LOOKS.len())
}

/// The style sheet. It says every colour in plain rules, for readers of SVG that are no browsers.
pub fn sheet() -> String {
    let (mut light, mut dark) = (String::new(), String::new());
    for (at, look) in LOOKS.iter().enumerate() {
        let class = class(at);
        let _ = writeln!(light, ".{class} {{ color: {} }}", look.light);
        let _ = writeln!(dark, "  .{class} {{ color: {} }}", look.dark);
    }
    format!(
        "svg {{ font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif }}
text {{ font-size: 12px; fill: #1b1b1b }}
.title {{ font-size: 17px; font-weight: 600 }}
.panel {{ font-size: 13px; font-weight: 600 }}
.quiet {{ font-size: 11px; fill: #5c5c5c }}
.ground, .hollow .mark {{ fill: #ffffff }}
.grid {{ stroke: #dedede; fill: none }}
.path {{ stroke: currentColor; stroke-width: 1.8; stroke-linejoin: round; fill: none }}
.bar {{ stroke: currentColor; stroke-width: 1; fill: none }}
.block {{ stroke: currentColor; stroke-width: 1; fill: currentColor; fill-opacity: .3 }}
.whisker {{ stroke: #1b1b1b; stroke-width: 1.2; fill: none }}
.leader {{ stroke: currentColor; stroke-width: .7; fill: none }}
.mark {{ stroke: currentColor; stroke-width: 1.4 }}
.full .mark, .name {{ fill: currentColor }}
{light}@media (prefers-color-scheme: dark) {{
  text {{ fill: #f0f0f0 }}
  .quiet {{ fill: #a9adb3 }}
  .ground, .hollow .mark {{ fill: #15181c }}
  .grid {{ stroke: #363b42 }}
  .whisker {{ stroke: #f0f0f0 }}
  .full .mark, .name {{ fill: currentColor }}
{dark}}}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Without colour, too.
    #[test]
    fn no_two_lines_look_alike() {
        let looks: BTreeSet<_> = LOOKS.iter().map(|look| (look.dashes, look.mark, look.hollow)).collect();
        assert_eq!(looks.len(), LOOKS.len());
        let marks: BTreeSet<_> = LOOKS.iter().map(|look| (look.mark, look.hollow)).collect();
        assert_eq!(marks.len(), LOOKS.len());
    }

    #[test]
    fn every_colour_stands_out() {
        for look in &LOOKS {
            assert!(contrast(look.light, "#ffffff") >= 4.5, "{} on white", look.light);
            assert!(contrast(look.dark, "#15181c") >= 4.5, "{} on dark", look.dark);
        }
    }

    /// [WCAG's contrast ratio](https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }
}
