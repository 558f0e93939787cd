//! `summary.md`: what was measured, as tables. Made of the raw data and nothing else.

use crate::{
    estimate::Estimate,
    lab::{
        asides, gates, pictures,
        raw::{Heat, Lab, Pace, Setting},
        results::{self, Figures, Row},
        targets,
    },
    progress::told,
    summary::made,
};
use std::{fmt::Write, time::Duration};

/// The tables, as Markdown.
///
/// # Errors
/// Why the run is void: nothing is rendered of one that is.
pub fn summary(lab: &Lab) -> Result<String, String> {
    if let Some(why) = gates::void_run(lab) {
        return Err(format!("the run is void: {why}"));
    }
    let mut text = String::from("# The six servers under load\n\n");
    text.push_str(&made(&lab.machine));
    text.push_str(&preface(lab));
    text.push_str(&targets::table(lab));
    for heat in &lab.heats {
        text.push_str(&section(heat));
    }
    text.push_str(&asides::idle(&lab.idle));
    text.push_str(&asides::costs(&lab.costs));
    text.push_str(&asides::left_out(&lab.left_out));
    text.push_str(&asides::manifest(lab));
    Ok(text)
}

fn preface(lab: &Lab) -> String {
    let mut text = String::new();
    if lab.quick {
        text.push_str("**A quick run, to see what is what: short windows and few rounds.**\n\n");
    }
    _ = writeln!(
        text,
        "CPU: microseconds that the server spent on its core for a request, at a rate that all of them can keep, by the \
         scheduler's own count. Latency: from the moment at which a request was due, in microseconds. Figures are \
         medians of the rounds, with their 95 % intervals; ratios are paired within each round. In each round every server \
         was started anew, in a new order. One of them took part twice: whoever differs from the first of a group by no more than \
         those twins do is in that group, a **tie**, and no order is meant within it. What is random was drawn from the seed {}. \
         It took {}.\n\n{}\n",
        lab.seed,
        told(Duration::from_secs_f64(lab.took_seconds)),
        where_it_ran(&lab.setting)
    );
    text
}

fn where_it_ran(setting: &Setting) -> String {
    match setting.cores {
        Some(cores) => format!(
            "Servers had one worker, on core {}; the generator had core {} to itself.",
            cores.server, cores.generator
        ),
        None => "Nothing was measured under load: server and generator need a core each.".to_owned(),
    }
}

fn section(heat: &Heat) -> String {
    let mut text = format!("\n## {}\n\n{} ", heat.name, heat.about);
    let connections = if heat.keep_alive { "connections" } else { "connections at most, each for one request" };
    _ = write!(text, "{}; {} {connections}", heat.requests.join(", "), heat.connections);
    if heat.depth > 1 {
        _ = write!(text, ", {} requests at a time on each", heat.depth);
    }
    _ = writeln!(text, "; windows of {:.2} s. {}\n", heat.window, slowest(heat));
    for picture in pictures::names(heat) {
        _ = writeln!(text, "![{}: {}]({})\n", heat.name, picture.about, picture.file);
    }
    for pace in heat.paces() {
        text.push_str(&table(heat, pace));
    }
    text.push_str(&answers(heat));
    text
}

fn slowest(heat: &Heat) -> String {
    let said = |slowest: &crate::lab::raw::Slowest| {
        format!(
            "Rates are shares of {:.0} requests per second, what {} can do, the slowest.",
            slowest.ceiling, slowest.name
        )
    };
    heat.slowest.as_ref().map(said).unwrap_or_default()
}

/// The figures at one pace.
fn table(heat: &Heat, pace: Pace) -> String {
    let rows = results::rows(heat, pace);
    let offered = heat.points.iter().filter(|point| point.pace == pace).flat_map(|point| &point.rounds);
    let offered = offered.filter_map(|round| round.offered).next();
    let mut text = match offered {
        Some(offered) => format!("### {pace}: {offered:.0} requests per second\n\n"),
        None => format!("### {pace}\n\n"),
    };
    text.push_str(match pace {
        Pace::Percent(_) => {
            "| place | server | CPU µs | interval | ratio | interval | p50 | p90 | p99 | p99.9 | in kernel |\n\
             |---|---|--:|---|--:|---|--:|--:|--:|--:|--:|\n"
        }
        Pace::FlatOut => {
            "| place | server | CPU µs | interval | ratio | interval | requests/s | interval | in kernel |\n\
             |---|---|--:|---|--:|---|--:|---|--:|\n"
        }
    });
    for row in &rows {
        let _ = writeln!(text, "{}", line(&rows, row, pace));
    }
    text.push_str(&footnotes(heat, pace, &rows));
    text
}

fn line(rows: &[Row], row: &Row, pace: Pace) -> String {
    let columns = if matches!(pace, Pace::FlatOut) { 9 } else { 11 };
    let figures = match &row.figures {
        Err(why) => return format!("| | {} | not measured: {} |{}", row.name, cell(why), " |".repeat(columns - 3)),
        Ok(figures) => figures,
    };
    let (cpu, interval) = match &figures.cpu {
        Ok(cpu) => (number(cpu.median), between(cpu)),
        Err(why) => (format!("not measured: {}", cell(why)), String::new()),
    };
    let (ratio, ratios) = match &figures.ratio {
        Some((ratio, whose)) => {
            (format!("{:.2}", ratio.median), format!("{:.2} to {:.2} of {whose}", ratio.low, ratio.high))
        }
        None => (String::new(), String::new()),
    };
    let kernel =
        figures.in_kernel.map_or_else(|| "too short to tell".to_owned(), |share| format!("{:.0} %", share * 100.0));
    let rest = match (pace, &figures.percentiles) {
        (Pace::FlatOut, _) => {
            let bound = if figures.is_lower_bound { "at least " } else { "" };
            format!("{bound}{:.0} | {:.0} to {:.0}", figures.rate.median, figures.rate.low, figures.rate.high)
        }
        (_, Some(four)) => four.map(|estimate| number(estimate.median)).join(" | "),
        (_, None) => " | | | ".to_owned(),
    };
    format!("| {} | {} | {cpu} | {interval} | {ratio} | {ratios} | {rest} | {kernel} |", place(rows, figures), row.name)
}

/// `2`, or `tie 2-5` in a group that cannot be told apart.
pub fn place(rows: &[Row], figures: &Figures) -> String {
    let Some(place) = figures.place else { return String::new() };
    let same = rows.iter().filter(|row| row.figures.as_ref().is_ok_and(|other| other.place == Some(place))).count();
    match same {
        1 => place.to_string(),
        same => format!("tie {place}-{}", place + same - 1),
    }
}

fn footnotes(heat: &Heat, pace: Pace, rows: &[Row]) -> String {
    let mut text = String::new();
    if let (Some(noise), Some((one, _))) = (results::noise(heat, pace), &heat.twice) {
        _ = writeln!(text, "\n{one} differs from itself by a factor of {:.3} to {:.3}.", noise.low, noise.high);
    }
    let repeated = heat.points.iter().filter(|point| point.pace == pace).flat_map(|point| &point.rounds);
    let repeated: usize = repeated.map(|round| round.repeated).sum();
    if repeated > 0 {
        _ = writeln!(text, "\nWindows measured once more, as the machine had something else to do: {repeated}.");
    }
    let measured = rows.iter().filter_map(|row| Some((&row.name, row.figures.as_ref().ok()?.rounds)));
    let short: Vec<_> = measured
        .filter(|(_, (sound, all))| sound < all)
        .map(|(name, (sound, all))| format!("{} of {all} of {name}", all - sound))
        .collect();
    if !short.is_empty() {
        _ = writeln!(
            text,
            "\nRounds left out, in which the generator or the machine was at fault: {}.",
            short.join(", ")
        );
    }
    if rows.iter().any(|row| row.figures.as_ref().is_ok_and(|figures| figures.is_lower_bound)) {
        text.push_str("\n\"At least\": the generator was at work all the time; the server might have answered more.\n");
    }
    text.push('\n');
    text
}

/// Bytes of an answer: the same work gives the same.
fn answers(heat: &Heat) -> String {
    let told = heat.entrants.iter().filter(|runner| !runner.answers.is_empty()).map(|runner| {
        let sum = |of: fn(&crate::lab::ask::Size) -> usize| {
            runner.answers.iter().map(of).sum::<usize>() / runner.answers.len()
        };
        format!("{} {} + {}", runner.name, sum(|size| size.head), sum(|size| size.body))
    });
    let told: Vec<_> = told.collect();
    if told.is_empty() { String::new() } else { format!("Bytes of an answer, head and body: {}.\n", told.join(", ")) }
}

/// Three digits that matter.
pub fn number(value: f64) -> String {
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.digits$}")
}

/// `1.2 to 1.4`
pub fn between(estimate: &Estimate) -> String {
    format!("{} to {}", number(estimate.low), number(estimate.high))
}

/// Text that may stand in a cell.
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
