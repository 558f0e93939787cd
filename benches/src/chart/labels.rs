//! Names at the ends of lines, moved apart.

/// Moves these heights apart until each is `gap` from the next, in the same order, as little as
/// needed and within the bounds. Where the bounds have no room, they are as far apart as can be.
pub fn apart(wanted: &[f64], gap: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    let room = (bottom - top) / wanted.len().saturating_sub(1).max(1) as f64;
    let gap = gap.min(room);
    let mut order: Vec<_> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    // Those that touch stand together, around the middle of where they want to be.
    let mut heaps: Vec<Heap> = Vec::new();
    for &line in &order {
        let mut heap = Heap { lines: vec![line], middle: wanted[line] };
        heap.fit(gap, top, bottom);
        while let Some(above) = heaps.pop_if(|above| above.end(gap) + gap > heap.begin(gap) + TOUCH) {
            heap = above.with(heap);
            heap.fit(gap, top, bottom);
        }
        heaps.push(heap);
    }
    let mut places = vec![0.0; wanted.len()];
    for heap in &heaps {
        for (at, &line) in heap.lines.iter().enumerate() {
            places[line] = heap.begin(gap) + at as f64 * gap;
        }
    }
    places
}

/// Less than this is no overlap.
const TOUCH: f64 = 1e-6;

/// Names that stand together.
struct Heap {
    lines: Vec<usize>,
    middle: f64,
}

impl Heap {
    fn half(&self, gap: f64) -> f64 {
        (self.lines.len() - 1) as f64 * gap / 2.0
    }

    fn begin(&self, gap: f64) -> f64 {
        self.middle - self.half(gap)
    }

    fn end(&self, gap: f64) -> f64 {
        self.middle + self.half(gap)
    }

    /// Within the bounds.
    fn fit(&mut self, gap: f64, top: f64, bottom: f64) {
        let half = self.half(gap);
        self.middle = self.middle.min(bottom - half).max(top + half);
    }

    /// Both, around the middle of all.
    fn with(mut self, other: Heap) -> Heap {
        let (mine, others) = (self.lines.len() as f64, other.lines.len() as f64);
        self.middle = (self.middle * mine + other.middle * others) / (mine + others);
        self.lines.extend(other.lines);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_apart_stays() {
        assert_eq!(apart(&[50.0, 10.0, 30.0], 12.0, (0.0, 100.0)), [50.0, 10.0, 30.0]);
        assert!(apart(&[], 12.0, (0.0, 100.0)).is_empty());
    }

    #[test]
    fn what_touches_moves_to_both_sides_in_order() {
        assert_eq!(apart(&[50.0, 50.0], 12.0, (0.0, 100.0)), [44.0, 56.0]);
        assert_eq!(apart(&[52.0, 50.0, 10.0], 12.0, (0.0, 100.0)), [57.0, 45.0, 10.0]);
    }

    #[test]
    fn nothing_leaves_the_bounds_or_overlaps() {
        let mut random = fastrand::Rng::with_seed(3);
        for _ in 0..1000 {
            let wanted: Vec<_> = (0..random.usize(1..9)).map(|_| random.f64() * 100.0).collect();
            let mut places = apart(&wanted, 12.0, (0.0, 100.0));
            places.sort_by(f64::total_cmp);
            assert!(places.iter().all(|place| (-1e-9..=100.0 + 1e-9).contains(place)), "{wanted:?}: {places:?}");
            assert!(places.windows(2).all(|two| two[1] - two[0] > 12.0 - 1e-6), "{wanted:?}: {places:?}");
        }
    }

    #[test]
    fn too_many_share_the_room() {
        assert_eq!(apart(&[5.0, 5.0, 5.0], 100.0, (0.0, 10.0)), [0.0, 5.0, 10.0]);
    }
}
