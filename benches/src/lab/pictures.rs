//! Charts of a heat: bars of CPU time for a request, and how latency grows towards the slowest requests.

use crate::{
    chart::{
        Axis, Chart, Line, Panel, Point,
        bars::{Bar, Bars, Group},
    },
    lab::{
        entrant::AGAIN,
        gates,
        raw::{self, Heat, Lab, Pace},
        report::number,
        results::{self, Row},
    },
    machine::Machine,
};

/// A file, and what it shows.
pub struct Picture {
    /// Its name in the run's folder.
    pub file: String,
    /// What it shows.
    pub about: &'static str,
}

/// Requests of which one is slower than the percentile: 2 for p50, 1000 for p99.9.
const MARKS: [f64; 4] = [2.0, 10.0, 100.0, 1000.0];
/// Points of a curve for each mark.
const STEPS: usize = 6;

/// The pictures that a heat has.
pub fn names(heat: &Heat) -> Vec<Picture> {
    let cpu = Picture { file: format!("{}-cpu.svg", heat.name), about: "CPU time for a request" };
    let latency = Picture { file: format!("{}-latency.svg", heat.name), about: "latency" };
    let has_latency = heat.points.iter().any(|point| !point.latencies.is_empty());
    std::iter::once(cpu).chain(has_latency.then_some(latency)).collect()
}

/// All pictures of a run, by the names of their files.
pub fn all(lab: &Lab) -> Vec<(String, String)> {
    let of = |heat: &Heat| {
        let drawn = [bars(lab, heat).svg(), curves(lab, heat).svg()];
        names(heat).into_iter().map(|picture| picture.file).zip(drawn).collect::<Vec<_>>()
    };
    lab.heats.iter().flat_map(of).collect()
}

/// CPU time for a request, pace by pace.
pub fn bars(lab: &Lab, heat: &Heat) -> Bars {
    Bars {
        title: format!("{}: CPU time for a request, in microseconds", heat.name),
        description: format!(
            "A group of bars for each pace, in each a bar for each server, the least time first: {}.",
            heat.entrants.iter().map(|runner| runner.name.as_str()).collect::<Vec<_>>().join(", ")
        ),
        caption: caption(&lab.machine, heat),
        write: |value| format!("{} µs", number(value)),
        groups: heat.paces().into_iter().map(|pace| group(heat, pace)).collect(),
    }
}

fn caption(machine: &Machine, heat: &Heat) -> String {
    let rounds = heat.points.iter().map(|point| point.rounds.len()).max().unwrap_or_default();
    let Machine { date, cores, processor, commit, .. } = machine;
    format!("{date}, {cores} cores of {processor}, commit {commit}; medians of {rounds} rounds, whiskers: 95 %")
}

fn group(heat: &Heat, pace: Pace) -> Group {
    let look = |name: &str| heat.entrants.iter().position(|runner| runner.name == name).unwrap_or_default();
    let bar = |row: Row| {
        let figure = row.figures.as_ref().map_err(Clone::clone).and_then(|figures| figures.cpu.clone());
        let ratio = row.figures.as_ref().ok().and_then(|figures| figures.ratio.as_ref());
        Bar {
            look: look(&row.name),
            figure: figure.map(|cpu| (cpu.median, cpu.low, cpu.high)),
            note: ratio.map(|(ratio, whose)| format!("{:.2} of {whose}", ratio.median)).unwrap_or_default(),
            name: row.name,
        }
    };
    Group { title: pace_title(pace), bars: results::rows(heat, pace).into_iter().map(bar).collect() }
}

fn pace_title(pace: Pace) -> String {
    match pace {
        Pace::Percent(percent) => format!("at {percent} % of what the slowest can do"),
        Pace::FlatOut => "flat out".to_owned(),
    }
}

/// How latency grows towards the slowest requests, pace by pace.
pub fn curves(lab: &Lab, heat: &Heat) -> Chart {
    let paces = heat.paces().into_iter().filter(|pace| *pace != Pace::FlatOut);
    Chart {
        title: format!("{}: latency from the moment at which a request was due", heat.name),
        description: "A panel for each pace, in each a line for each server: microseconds over percentiles.".to_owned(),
        caption: caption(&lab.machine, heat),
        x: Axis { title: "percentile".to_owned(), ticks: MARKS.to_vec(), write: percentile },
        y: Axis { title: "microseconds".to_owned(), ticks: Vec::new(), write: |y| format!("{y}") },
        columns: 2,
        panels: paces.map(|pace| panel(heat, pace)).collect(),
    }
}

fn percentile(mark: f64) -> String {
    let percent = format!("{:.1}", 100.0 - 100.0 / mark);
    format!("p{}", percent.trim_end_matches(".0"))
}

fn panel(heat: &Heat, pace: Pace) -> Panel {
    let line = |runner: &raw::Runner| {
        // A line without points keeps the looks of the others.
        let point = heat.point(&runner.name, pace).filter(|_| gates::sound(heat, &runner.name, pace).is_ok());
        Line { name: runner.name.clone(), points: point.map(|point| curve(&point.latencies)).unwrap_or_default() }
    };
    // One line is enough for the one that ran twice.
    let once = heat.entrants.iter().filter(|runner| !runner.name.ends_with(AGAIN));
    Panel { title: pace_title(pace), lines: once.map(line).collect() }
}

/// Latencies at percentiles, as far as there are requests enough to tell.
fn curve(latencies: &[(u64, u64)]) -> Vec<Point> {
    let count: u64 = latencies.iter().map(|(_, count)| count).sum();
    let first = MARKS[0].log10();
    let last = MARKS[MARKS.len() - 1].log10();
    let steps = STEPS * (MARKS.len() - 1);
    let marks = (0..=steps).map(|step| 10_f64.powf(first + (last - first) * step as f64 / steps as f64));
    // The slowest one of fewer than ten says nothing.
    let enough = marks.filter(|mark| count as f64 / mark >= 10.0);
    enough.filter_map(|x| quantile(latencies, 1.0 - 1.0 / x).map(|y| Point { x, y, low: y, high: y })).collect()
}

/// So many microseconds at most, for this share of the requests.
fn quantile(latencies: &[(u64, u64)], share: f64) -> Option<f64> {
    let count: u64 = latencies.iter().map(|(_, count)| count).sum();
    let wanted = (share * count as f64).ceil() as u64;
    let mut seen = 0;
    latencies.iter().find_map(|(most, count)| {
        seen += count;
        (seen >= wanted && seen > 0).then_some(*most as f64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_named_and_found() {
        assert_eq!(MARKS.map(percentile), ["p50", "p90", "p99", "p99.9"]);
        let latencies: Vec<_> = (1..=1000).map(|micros| (micros, 1)).collect();
        assert_eq!(quantile(&latencies, 0.5), Some(500.0));
        assert_eq!(quantile(&latencies, 0.999), Some(999.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn a_curve_ends_where_requests_are_few() {
        let many: Vec<_> = (1..=100_000).map(|micros| (micros, 1)).collect();
        assert_eq!(curve(&many).last().map(|point| point.x.round()), Some(1000.0));
        assert!(curve(&many[..1000]).last().is_some_and(|point| point.x <= 100.001));
        assert!(curve(&[(5, 3)]).is_empty());
    }
}
