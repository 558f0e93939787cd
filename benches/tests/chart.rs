//! A chart is sound XML, and nothing in it overlaps or leaves the picture.

use benches::chart::{
    Axis, Chart, Line, Panel, Point,
    bars::{Bar, Bars, Group},
};
use roxmltree::{Document, Node};

const NAMES: [&str; 6] =
    ["hyper-server", "hyper-router-server", "axum-server", "actix-web-server", "warp-server", "handrolled-server"];

/// Six lines in each of so many panels; every figure by `of(panel, line, x)`.
fn chart(panels: usize, columns: usize, of: impl Fn(usize, usize, f64) -> f64) -> Chart {
    let point = |panel, line, x| {
        let y = of(panel, line, x);
        Point { x, y, low: y * 0.93, high: y * 1.1 }
    };
    let line = |panel, line: usize| Line {
        name: NAMES[line].to_owned(),
        points: [1.0, 10.0, 100.0, 203.0, 1000.0].map(|x| point(panel, line, x)).to_vec(),
    };
    let panel = |at| Panel { title: format!("panel {at} < & >"), lines: (0..6).map(|name| line(at, name)).collect() };
    Chart {
        title: "Title & \"quotes\"".to_owned(),
        description: "What <there> is to see.".to_owned(),
        caption: "A machine, a day, and what the bars are. ".repeat(6),
        x: Axis { title: "routes".to_owned(), ticks: vec![1.0, 10.0, 100.0, 1000.0], write: |x| x.to_string() },
        y: Axis { title: "time per request".to_owned(), ticks: Vec::new(), write: |y| format!("{y:.0} ns") },
        columns,
        panels: (0..panels).map(panel).collect(),
    }
}

/// Six lines that end close together, as those of the styles do when nothing is found.
fn close() -> Chart {
    chart(6, 2, |panel, line, x| 100.0 * (panel + 1) as f64 + (line + 1) as f64 * x.powf(0.2 * panel as f64))
}

/// A rectangle: left, top, right, bottom.
type Area = (f64, f64, f64, f64);

/// About where a text stands. Its letters are as wide as the chart takes them to be.
fn area(text: Node) -> Area {
    let number = |name| text.attribute(name).map_or(0.0, |value| value.parse().expect("as drawn"));
    let (width_of, height) = match text.attribute("class") {
        Some("title") => (9.5, 17.0),
        Some("panel") => (7.6, 13.0),
        Some("quiet") => (6.2, 11.0),
        _ => (6.7, 12.0),
    };
    let width = text.text().unwrap_or_default().chars().count() as f64 * width_of;
    let left = match text.attribute("text-anchor") {
        Some("end") => -width,
        Some("middle") => -width / 2.0,
        _ => 0.0,
    };
    let (x, y) = (number("x"), number("y"));
    let (mut moved_x, mut moved_y, mut turned) = (0.0, 0.0, false);
    for transform in text.ancestors().filter_map(|node| node.attribute("transform")) {
        let inside = transform.strip_prefix("translate(").and_then(|rest| rest.split_once(')'));
        let (by, rest) = inside.expect("every transform begins with translate");
        let (by_x, by_y) = by.split_once(' ').expect("two numbers");
        moved_x += by_x.parse::<f64>().expect("as drawn");
        moved_y += by_y.parse::<f64>().expect("as drawn");
        turned |= rest.contains("rotate(-90)");
    }
    if turned {
        return (moved_x - height, moved_y + left, moved_x + 2.0, moved_y + left + width);
    }
    let (x, y) = (x + moved_x + left, y + moved_y);
    (x, y - 0.75 * height, x + width, y + 0.15 * height)
}

fn check(chart: &Chart) {
    check_svg(&chart.svg());
}

fn check_svg(svg: &str) {
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    let document = Document::parse(svg).expect("sound XML");
    let view: Vec<f64> = document
        .root_element()
        .attribute("viewBox")
        .expect("as drawn")
        .split(' ')
        .map(|part| part.parse().expect("as drawn"))
        .collect();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    let areas: Vec<_> = texts.map(|text| (area(text), text.text().unwrap_or_default().to_owned())).collect();
    for ((left, top, right, bottom), text) in &areas {
        let is_inside = *left >= 0.0 && *top >= 0.0 && *right <= view[2] && *bottom <= view[3];
        assert!(is_inside, "{text:?} leaves the picture: {left} {top} {right} {bottom} of {view:?}");
    }
    for (at, (one, text)) in areas.iter().enumerate() {
        for (other, beside) in &areas[at + 1..] {
            let is_apart = one.2 <= other.0 || other.2 <= one.0 || one.3 <= other.1 || other.3 <= one.1;
            assert!(is_apart, "{text:?} and {beside:?} overlap: {one:?}, {other:?}");
        }
    }
}

#[test]
fn nothing_overlaps_or_leaves_the_picture() {
    check(&close());
    check(&chart(1, 1, |_, line, x| (line + 1) as f64 * x));
    check(&chart(3, 2, |_, _, _| 5.0));
    check(&chart(4, 4, |_, line, x| 1e-3 * x.powi(line as i32)));
}

#[test]
fn what_has_no_place_is_left_out() {
    check(&chart(0, 2, |_, _, _| 1.0));
    check(&chart(2, 2, |_, line, x| if line == 1 { 0.0 } else { x }));
    check(&chart(2, 2, |_, _, _| f64::NAN));
    let mut empty = close();
    for panel in &mut empty.panels {
        panel.lines[0].points.clear();
    }
    check(&empty);
}

#[test]
fn every_line_is_named_in_every_panel() {
    let svg = close().svg();
    let document = Document::parse(&svg).expect("as drawn");
    for name in NAMES {
        let named = document.descendants().filter(|node| node.has_tag_name("text") && node.text() == Some(name));
        assert_eq!(named.count(), 6, "{name}");
    }
    let dashes: std::collections::BTreeSet<_> = document
        .descendants()
        .filter(|node| node.attribute("class") == Some("path"))
        .map(|node| node.attribute("stroke-dasharray"))
        .collect();
    assert!(dashes.len() >= 5, "{dashes:?}");
}

/// For those who cannot see it.
#[test]
fn the_picture_says_what_it_shows() {
    let svg = close().svg();
    let document = Document::parse(&svg).expect("as drawn");
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    for (name, wanted) in [("title", "Title & \"quotes\""), ("desc", "What <there> is to see.")] {
        let node = root.children().find(|node| node.has_tag_name(name)).expect("as drawn");
        assert_eq!(node.text(), Some(wanted));
        assert!(
            root.attribute("aria-labelledby").expect("as drawn").split(' ').any(|id| node.attribute("id") == Some(id))
        );
    }
}

/// Bars for six names in each of so many groups; every figure by `of(group, bar)`.
fn bars(groups: usize, of: impl Fn(usize, usize) -> Result<(f64, f64, f64), String>) -> Bars {
    let bar = |group, at: usize| Bar {
        name: NAMES[at].to_owned(),
        look: at,
        figure: of(group, at),
        note: "1.23 of the floor".to_owned(),
    };
    let group = |at| Group { title: format!("group {at} < & >"), bars: (0..6).map(|name| bar(at, name)).collect() };
    Bars {
        title: "Title & \"quotes\"".to_owned(),
        description: "What <there> is to see.".to_owned(),
        caption: "A machine, a day, and what the whiskers are. ".repeat(6),
        write: |value| format!("{value:.1} µs"),
        groups: (0..groups).map(group).collect(),
    }
}

#[test]
fn bars_neither_overlap_nor_leave_the_picture() {
    check_svg(&bars(4, |group, at| Ok(((group + at + 1) as f64, at as f64, (group + at + 9) as f64))).svg());
    check_svg(&bars(1, |_, _| Ok((0.0, 0.0, 0.0))).svg());
    check_svg(&bars(0, |_, _| Ok((1.0, 1.0, 1.0))).svg());
    check_svg(&bars(2, |_, at| if at == 1 { Ok((f64::NAN, 1.0, f64::INFINITY)) } else { Ok((1.0, 0.9, 1e9)) }).svg());
}

/// Twice the figure is twice the bar, from zero on.
#[test]
fn a_bar_is_as_long_as_its_figure() {
    let svg = bars(1, |_, at| Ok(((at + 1) as f64, (at + 1) as f64 * 0.9, (at + 1) as f64 * 1.1))).svg();
    let document = Document::parse(&svg).expect("as drawn");
    let blocks = document.descendants().filter(|node| node.attribute("class") == Some("block"));
    let lengths: Vec<f64> =
        blocks.map(|block| block.attribute("width").expect("as drawn").parse().expect("a number")).collect();
    assert_eq!(lengths.len(), 6);
    assert!(lengths.iter().zip(1..).all(|(length, times)| (length / lengths[0] - f64::from(times)).abs() < 0.01));
}

/// A bar that is not there says why.
#[test]
fn a_blank_bar_has_a_reason() {
    let long = "a reason that is longer than there is room for in a picture, which the tables have whole";
    let svg = bars(1, |_, at| if at == 2 { Err(long.to_owned()) } else { Ok((1.0, 1.0, 1.0)) }).svg();
    assert_eq!(svg.matches("class=\"block\"").count(), 5);
    assert!(svg.contains("not measured: a reason that is longer") && svg.contains("...</text>"), "{svg}");
    check_svg(&svg);
}
