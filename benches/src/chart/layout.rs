//! How much room there is, and for what.

use crate::chart::{Chart, Point, scale::Scale};

/// The inside of a panel.
pub const PLOT: (f64, f64) = (270.0, 190.0);
/// Around the picture.
pub const MARGIN: f64 = 16.0;
/// From one line of text to the next.
pub const LINE: f64 = 15.0;
/// From the end of the plot to the names.
pub const LEADER: f64 = 22.0;
/// How wide a character is, of the text of a name; no font of the sheet has wider ones on average.
pub const CHARACTER: f64 = 7.0;

/// From the frame of a plot to its outermost points.
const INSET: f64 = 8.0;
/// Below the title, above the first panel's heading.
const TOP: f64 = 66.0;
/// Below a plot: marks, title, and the heading of the next one.
const BELOW: f64 = 58.0;

/// The room.
pub struct Layout {
    /// Of the picture.
    pub width: f64,
    /// Of the picture.
    pub height: f64,
    /// Of the marks and the title of the vertical axis.
    pub left: f64,
    /// Places within a plot.
    pub x: Scale,
    /// Places within a plot.
    pub y: Scale,
    /// Marks.
    pub x_ticks: Vec<f64>,
    /// Marks.
    pub y_ticks: Vec<f64>,
    /// Line by line.
    pub caption: Vec<String>,
    columns: usize,
    right: f64,
}

impl Layout {
    /// The room that this needs.
    pub fn new(chart: &Chart) -> Self {
        let points = || {
            let lines = chart.panels.iter().flat_map(|panel| &panel.lines);
            lines.flat_map(|line| &line.points).filter(|point| point.is_drawable())
        };
        let x = Scale::new(points().map(|point| point.x), (INSET, PLOT.0 - INSET));
        let bounds = points().flat_map(|Point { y, low, high, .. }| [*y, *low, *high]);
        let y = Scale::new(bounds, (PLOT.1, 0.0)).rounded();
        let (x_ticks, y_ticks) = (ticks(&chart.x.ticks, x), ticks(&chart.y.ticks, y));
        let marks = y_ticks.iter().map(|&tick| (chart.y.write)(tick).chars().count());
        let names = chart.panels.iter().flat_map(|panel| &panel.lines).map(|line| line.name.chars().count());
        let left = 30.0 + marks.max().unwrap_or_default() as f64 * CHARACTER;
        let right = LEADER + names.max().unwrap_or_default() as f64 * CHARACTER;
        let columns = chart.columns.max(1);
        let rows = chart.panels.len().div_ceil(columns);
        let width = 2.0 * MARGIN + columns as f64 * (left + PLOT.0 + right);
        let caption = wrapped(&chart.caption, ((width - 2.0 * MARGIN) / CHARACTER) as usize);
        let height = TOP + rows as f64 * (PLOT.1 + BELOW) + caption.len() as f64 * LINE;
        Layout { width, height, left, x, y, x_ticks, y_ticks, caption, columns, right }
    }

    /// Where the plot of a panel begins.
    pub fn place(&self, at: usize) -> (f64, f64) {
        let (column, row) = ((at % self.columns) as f64, (at / self.columns) as f64);
        (MARGIN + self.left + column * (self.left + PLOT.0 + self.right), TOP + row * (PLOT.1 + BELOW))
    }
}

fn ticks(wanted: &[f64], scale: Scale) -> Vec<f64> {
    match wanted {
        [] => scale.ticks(),
        _ => wanted.iter().copied().filter(|&tick| scale.holds(tick)).collect(),
    }
}

/// Lines of so many characters, a longer word aside.
pub fn wrapped(text: &str, characters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= characters) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}
