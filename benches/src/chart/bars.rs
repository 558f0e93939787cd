//! Bars, group by group: what is compared, each with its name, its figure and its interval.

use crate::chart::{
    draw::{self, escape},
    layout::{CHARACTER, LINE, MARGIN, wrapped},
    looks,
};
use std::fmt::Write;

/// What is drawn. [`Bars::svg`] draws it.
#[derive(Clone, Debug)]
pub struct Bars {
    /// The heading.
    pub title: String,
    /// What a reader should see in it, for those who cannot.
    pub description: String,
    /// Where the figures come from.
    pub caption: String,
    /// How a figure is written.
    pub write: fn(f64) -> String,
    /// Groups, from the top. All have one scale.
    pub groups: Vec<Group>,
}

/// Bars below a heading.
#[derive(Clone, Debug)]
pub struct Group {
    /// The heading.
    pub title: String,
    /// From the top.
    pub bars: Vec<Bar>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Whose figure it is.
    pub name: String,
    /// Which colour it has, the same in every group.
    pub look: usize,
    /// The figure and between which bounds it lies, or why there is none.
    pub figure: Result<(f64, f64, f64), String>,
    /// What else is to be said of it, behind the figure.
    pub note: String,
}

/// How long the longest bar is, or its whisker.
const LENGTH: f64 = 330.0;
/// From one bar to the next, and how high each is.
const STEP: f64 = 22.0;
const HEIGHT: f64 = 13.0;
/// Above the first group, and for the heading of each.
const TOP: f64 = 44.0;
const HEADING: f64 = 34.0;
/// Reasons longer than this are cut: the tables have them whole.
const REASON: usize = 60;

impl Bars {
    /// The picture. A bar without a figure says why there is none.
    pub fn svg(&self) -> String {
        let mut svg = String::new();
        // Writing into a string does not fail.
        let _ = self.draw(&mut svg);
        svg
    }

    fn draw(&self, svg: &mut String) -> std::fmt::Result {
        let names = self.bars().map(|bar| bar.name.chars().count()).max().unwrap_or_default();
        let texts = self.bars().map(|bar| self.text(bar).chars().count()).max().unwrap_or_default();
        let left = MARGIN + names as f64 * CHARACTER + 8.0;
        let title = self.title.chars().count() as f64 * 10.0 + 2.0 * MARGIN;
        let width = (left + LENGTH + 10.0 + texts as f64 * CHARACTER + MARGIN).max(title);
        let caption = wrapped(&self.caption, ((width - 2.0 * MARGIN) / CHARACTER) as usize);
        let rows = self.groups.iter().map(|group| HEADING + group.bars.len() as f64 * STEP).sum::<f64>();
        let height = TOP + rows + 16.0 + caption.len() as f64 * LINE;
        draw::head(svg, (&self.title, &self.description), (width, height))?;
        let mut y = TOP;
        for group in &self.groups {
            writeln!(svg, r#"<text class="panel" x="{MARGIN}" y="{:.1}">{}</text>"#, y + 20.0, escape(&group.title))?;
            y += HEADING;
            for bar in &group.bars {
                self.bar(svg, bar, (left, y))?;
                y += STEP;
            }
        }
        draw::foot(svg, &caption, height)
    }

    fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.groups.iter().flat_map(|group| &group.bars)
    }

    /// The largest figure or bound, as long as which no bar is.
    fn most(&self) -> f64 {
        let ends = self.bars().filter_map(drawable).map(|(value, _, high)| high.max(value));
        let most = ends.fold(0.0, f64::max);
        // Where all are nothing, any length will do.
        if most > 0.0 { most } else { 1.0 }
    }

    fn text(&self, bar: &Bar) -> String {
        match &bar.figure {
            Ok((value, _, _)) if drawable(bar).is_some() => {
                format!("{} {}", (self.write)(*value), bar.note).trim_end().to_owned()
            }
            Ok(_) => "not measured".to_owned(),
            Err(why) => {
                let short: String = why.chars().take(REASON).collect();
                let end = if short.len() < why.len() { "..." } else { "" };
                format!("not measured: {short}{end}")
            }
        }
    }

    fn bar(&self, svg: &mut String, bar: &Bar, (left, y): (f64, f64)) -> std::fmt::Result {
        let (middle, base, scale) = (y + HEIGHT / 2.0, y + HEIGHT - 2.0, LENGTH / self.most());
        let name = escape(&bar.name);
        writeln!(svg, r#"<text x="{:.1}" y="{base:.1}" text-anchor="end">{name}</text>"#, left - 8.0)?;
        let mut end = left;
        if let Some((value, low, high)) = drawable(bar) {
            let class = looks::class(bar.look);
            let length = value * scale;
            writeln!(
                svg,
                r#"<g class="{class}"><rect class="block" x="{left:.1}" y="{y:.1}" width="{length:.1}" height="{HEIGHT}"/></g>"#
            )?;
            let (from, to) = (left + low * scale, left + high * scale);
            writeln!(
                svg,
                r#"<path class="whisker" d="M{from:.1} {:.1}v7M{from:.1} {middle:.1}H{to:.1}M{to:.1} {:.1}v7"/>"#,
                middle - 3.5,
                middle - 3.5
            )?;
            end += (high.max(value)) * scale;
        }
        writeln!(svg, r#"<text class="quiet" x="{:.1}" y="{base:.1}">{}</text>"#, end + 10.0, escape(&self.text(bar)))
    }
}

/// The figure and its bounds, if they have a place.
fn drawable(bar: &Bar) -> Option<(f64, f64, f64)> {
    let figure = *bar.figure.as_ref().ok()?;
    let (value, low, high) = figure;
    [value, low, high].iter().all(|value| value.is_finite() && *value >= 0.0).then_some(figure)
}
