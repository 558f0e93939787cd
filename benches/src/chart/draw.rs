//! The picture: frame, panels, lines.

use crate::chart::{
    Chart, Line, Panel, Point, labels,
    layout::{self, Layout},
    looks,
};
use std::fmt::Write;

/// How far the ends of the bars reach to both sides.
const CAP: f64 = 2.5;

/// The whole picture.
pub fn chart(chart: &Chart) -> String {
    let layout = Layout::new(chart);
    let mut svg = String::new();
    // Writing into a string does not fail.
    let _ = head(&mut svg, (&chart.title, &chart.description), (layout.width, layout.height));
    for (at, panel) in chart.panels.iter().enumerate() {
        let (x, y) = layout.place(at);
        let _ = writeln!(svg, r#"<g transform="translate({x:.1} {y:.1})">"#);
        let _ = frame(&mut svg, chart, &layout, at);
        let _ = lines(&mut svg, panel, &layout);
        svg.push_str("</g>\n");
    }
    let _ = foot(&mut svg, &layout.caption, layout.height);
    svg
}

/// The last lines, and the end.
pub fn foot(svg: &mut String, caption: &[String], height: f64) -> std::fmt::Result {
    for (at, line) in caption.iter().enumerate() {
        let y = height - layout::LINE * (caption.len() - at) as f64 + 2.0;
        writeln!(svg, r#"<text class="quiet" x="{}" y="{y:.1}">{}</text>"#, layout::MARGIN, escape(line))?;
    }
    writeln!(svg, "</svg>")
}

/// The beginning, with a title and what is to be seen for those who cannot.
pub fn head(svg: &mut String, (title, description): (&str, &str), (width, height): (f64, f64)) -> std::fmt::Result {
    let (title, description) = (escape(title), escape(description));
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}" role="img" aria-labelledby="title description">
<title id="title">{title}</title>
<desc id="description">{description}</desc>
<style>
{}</style>
<rect class="ground" width="100%" height="100%"/>
<text class="title" x="{}" y="26">{title}</text>"#,
        looks::sheet(),
        layout::MARGIN
    )
}

/// The heading of a panel, its axes and its grid.
fn frame(svg: &mut String, chart: &Chart, layout: &Layout, at: usize) -> std::fmt::Result {
    let (width, height) = (layout::PLOT.0, layout::PLOT.1);
    writeln!(svg, r#"<text class="panel" x="0" y="-9">{}</text>"#, escape(&chart.panels[at].title))?;
    for &tick in &layout.y_ticks {
        let (y, text) = (layout.y.at(tick), escape(&(chart.y.write)(tick)));
        writeln!(svg, r#"<path class="grid" d="M0 {y:.1}H{width}"/>"#)?;
        writeln!(svg, r#"<text class="quiet" x="-7" y="{:.1}" text-anchor="end">{text}</text>"#, y + 4.0)?;
    }
    for &tick in &layout.x_ticks {
        let (x, text) = (layout.x.at(tick), escape(&(chart.x.write)(tick)));
        writeln!(svg, r#"<path class="grid" d="M{x:.1} 0V{height}"/>"#)?;
        writeln!(svg, r#"<text class="quiet" x="{x:.1}" y="{}" text-anchor="middle">{text}</text>"#, height + 15.0)?;
    }
    if at + chart.columns.max(1) >= chart.panels.len() {
        let (x, y) = (width / 2.0, height + 33.0);
        writeln!(svg, r#"<text x="{x}" y="{y}" text-anchor="middle">{}</text>"#, escape(&chart.x.title))?;
    }
    if at.is_multiple_of(chart.columns.max(1)) {
        let (x, y) = (-layout.left + 14.0, height / 2.0);
        let title = escape(&chart.y.title);
        writeln!(svg, r#"<text transform="translate({x:.1} {y}) rotate(-90)" text-anchor="middle">{title}</text>"#)?;
    }
    Ok(())
}

/// The lines of a panel, each with its name at its end.
fn lines(svg: &mut String, panel: &Panel, layout: &Layout) -> std::fmt::Result {
    let mut ends = Vec::new();
    for (at, one) in panel.lines.iter().enumerate() {
        let places = places(one, layout);
        line(svg, at, &places)?;
        ends.extend(places.last().map(|end| (at, one, end.x, end.y)));
    }
    let heights: Vec<_> = ends.iter().map(|(_, _, _, y)| *y).collect();
    let heights = labels::apart(&heights, layout::LINE - 1.0, (2.0, layout::PLOT.1 - 2.0));
    for ((at, line, x, y), height) in ends.into_iter().zip(heights) {
        let (begin, end) = (x + 6.0, layout::PLOT.0 + layout::LEADER);
        writeln!(
            svg,
            r#"<g class="{}"><path class="leader" d="M{begin:.1} {y:.1}L{:.1} {height:.1}"/><text class="name" x="{end:.1}" y="{:.1}">{}</text></g>"#,
            looks::class(at),
            end - 3.0,
            height + 4.0,
            escape(&line.name)
        )?;
    }
    Ok(())
}

/// Where a point and its bounds stand.
struct Place {
    x: f64,
    y: f64,
    low: f64,
    high: f64,
}

/// The places of the points that have one.
fn places(line: &Line, layout: &Layout) -> Vec<Place> {
    let place = |point: &Point| Place {
        x: layout.x.at(point.x),
        y: layout.y.at(point.y),
        low: layout.y.at(point.low),
        high: layout.y.at(point.high),
    };
    line.points.iter().filter(|point| point.is_drawable()).map(place).collect()
}

fn line(svg: &mut String, at: usize, places: &[Place]) -> std::fmt::Result {
    let look = looks::look(at);
    let fill = if look.hollow { "hollow" } else { "full" };
    writeln!(svg, r#"<g class="{} {fill}">"#, looks::class(at))?;
    let path: Vec<_> = places.iter().map(|Place { x, y, .. }| format!("{x:.1} {y:.1}")).collect();
    if !path.is_empty() {
        writeln!(svg, r#"<path class="path" stroke-dasharray="{}" d="M{}"/>"#, look.dashes, path.join("L"))?;
    }
    for Place { x, y, low, high } in places {
        let (from, width) = (x - CAP, 2.0 * CAP);
        writeln!(
            svg,
            r#"<path class="bar" d="M{from:.1} {low:.1}h{width}M{x:.1} {low:.1}V{high:.1}M{from:.1} {high:.1}h{width}"/>"#
        )?;
        writeln!(svg, r#"<path class="mark" d="M{x:.1} {y:.1}{}"/>"#, look.mark)?;
    }
    svg.push_str("</g>\n");
    Ok(())
}

/// Text, as XML says it.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
