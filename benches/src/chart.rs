//! Charts as SVG: lines for figures that span powers of ten, and bars for those that are compared side by side.
//!
//! Bars begin at zero and lie on their side, so that each has its name before it and its figure behind it.
//!
//! A chart of lines is a grid of panels that share their axes, so that one panel can be compared to the next.
//! Both axes are logarithmic: where a line is straight, the cost grows by a power of what it is drawn over, and a
//! level line does not grow. Every line has its name at its end, and its own dashes and marks beside its
//! colour, so that nothing hangs on colour alone. The colours follow the reader's light or dark.
//!
//! | read in this order | what it holds |
//! |---|---|
//! | [`Chart`] | what is drawn |
//! | [`bars`] | the same for bars, and their picture |
//! | `draw` | the picture: frame, panels, lines |
//! | `layout` | how much room there is, and for what |
//! | `scale` | from a figure to a place, and where the axis has its marks |
//! | `labels` | names at the ends, moved apart |
//! | `looks` | colours, dashes, marks |

pub mod bars;
mod draw;
mod layout;
mod scale;
mod labels;
mod looks;

/// What is drawn. [`Chart::svg`] draws it.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The heading.
    pub title: String,
    /// What a reader should see in it, for those who cannot.
    pub description: String,
    /// Where the figures come from: the machine, the day, what the bars are.
    pub caption: String,
    /// To the right.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// How many panels stand side by side.
    pub columns: usize,
    /// Panels, row by row.
    pub panels: Vec<Panel>,
}

/// An axis that all panels have.
#[derive(Clone, Debug)]
pub struct Axis {
    /// What it measures, in which unit.
    pub title: String,
    /// Where it has marks, as far as the figures reach; none means the powers of ten.
    pub ticks: Vec<f64>,
    /// How a figure is written at a mark.
    pub write: fn(f64) -> String,
}

/// One of the small charts.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its heading.
    pub title: String,
    /// Its lines. A line looks the same in every panel in which it stands in the same place.
    pub lines: Vec<Line>,
}

/// A row of points, joined.
#[derive(Clone, Debug)]
pub struct Line {
    /// Whose figures they are.
    pub name: String,
    /// The points, from left to right.
    pub points: Vec<Point>,
}

/// A figure, and between which bounds it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Over what it is drawn.
    pub x: f64,
    /// The figure.
    pub y: f64,
    /// Not less than this.
    pub low: f64,
    /// Not more than this.
    pub high: f64,
}

impl Chart {
    /// The picture. What has no place on a logarithmic axis, zero and less, is left out.
    pub fn svg(&self) -> String {
        draw::chart(self)
    }
}

impl Point {
    /// Whether it has a place.
    fn is_drawable(&self) -> bool {
        [self.x, self.y, self.low, self.high].iter().all(|value| value.is_finite() && *value > 0.0)
    }
}
