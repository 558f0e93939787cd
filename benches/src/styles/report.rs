//! The curves as tables and as a picture.

use crate::{
    chart::{Axis, Chart, Line, Panel, Point},
    styles::{
        api::SIZES,
        ask::Case,
        curves::{Curves, GROWTH, OURS, TARGET},
    },
    summary,
};
use std::fmt::Write;

/// The tables, as Markdown.
pub fn summary(curves: &Curves) -> String {
    let mut text = String::from("# The six styles, as their tables grow\n\n");
    text.push_str(&summary::made(&curves.machine));
    _ = writeln!(
        text,
        "Each was timed {} times in each case, all styles at all sizes in turn, in a new order each time; what is random was \
         drawn from the seed {}. Figures are nanoseconds from a request to an answer within the process, medians: the request \
         is made in the framework's own type, its handler is found and called, and the answer is dropped. No \
         socket is in it. What is the same at every size is not routing, so look at the growth. Every answer was right \
         before it was timed.\n\n![the six styles, as their tables grow](curve.svg)\n",
        curves.rounds, curves.seed
    );
    let (few, many) = GROWTH;
    for case in Case::ALL {
        _ = writeln!(text, "## {}\n", case.title());
        let sizes: String = SIZES.iter().map(|n| format!(" {n} |")).collect();
        _ = writeln!(
            text,
            "| style \\ routes (ns) |{sizes} {few} to {many} |\n|---|{}--:|",
            "--:|".repeat(SIZES.len())
        );
        for growth in curves.growths().iter().filter(|growth| growth.case == case) {
            let ns: String =
                curves.curve(case, growth.style).map(|point| format!(" {:.0} |", point.ns.median)).collect();
            _ = writeln!(
                text,
                "| {} |{ns} {:.2}x ({:.2} to {:.2}) |",
                growth.style, growth.factor.median, growth.factor.low, growth.factor.high
            );
        }
        text.push('\n');
    }
    let is_flat = if curves.is_flat() { "reached" } else { "**missed**" };
    _ = writeln!(
        text,
        "The {OURS} was to grow by less than {TARGET}x from {few} routes to {many} in every case: {is_flat}."
    );
    text
}

/// The picture.
pub fn chart(curves: &Curves) -> Chart {
    let machine = &curves.machine;
    Chart {
        title: "The six styles, as their tables grow".to_owned(),
        description: format!(
            "Six panels, one for each case. Each has a line for each of the styles {}: nanoseconds for a request over the \
             number of routes.",
            curves.styles().join(", ")
        ),
        caption: format!(
            "{}, {} cores of {}, {}; medians of {} rounds, bars: 95 %",
            machine.date, machine.cores, machine.processor, machine.compiler, curves.rounds
        ),
        x: Axis { title: "routes".to_owned(), ticks: SIZES.map(|n| n as f64).to_vec(), write: |x| format!("{x:.0}") },
        y: Axis { title: "ns for a request".to_owned(), ticks: Vec::new(), write: |y| format!("{y:.0}") },
        columns: 2,
        panels: Case::ALL.into_iter().map(|case| panel(curves, case)).collect(),
    }
}

fn panel(curves: &Curves, case: Case) -> Panel {
    let line = |style: &str| Line {
        name: style.to_owned(),
        points: curves
            .curve(case, style)
            .map(|point| Point { x: point.routes as f64, y: point.ns.median, low: point.ns.low, high: point.ns.high })
            .collect(),
    };
    Panel { title: case.title().to_owned(), lines: curves.styles().into_iter().map(line).collect() }
}
