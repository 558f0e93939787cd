//! What a person sees: how far it is, every failure with its bytes, a table at the end.

use crate::{
    plan::{Item, Plan},
    record::Summary,
    report::{self, Outcome},
};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, IsTerminal, Write},
};

/// A report that is written while the judgement goes on.
pub struct Terminal {
    out: Box<dyn Write>,
    colours: bool,
    verbose: bool,
    /// A line that is overwritten, on a terminal only.
    progress: Option<io::Stderr>,
    done: usize,
    total: usize,
    /// By the chapter's place in the plan, so that the table stands in its order.
    chapters: BTreeMap<usize, (String, Summary)>,
}

impl Terminal {
    /// To standard output, in colours only on a terminal and only without [`NO_COLOR`](https://no-color.org); progress to
    /// standard error, on a terminal only.
    pub fn new(verbose: bool) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colours = !plain && io::stdout().is_terminal();
        let progress = Some(io::stderr()).filter(|_| io::stderr().is_terminal());
        Terminal { progress, ..Self::to(Box::new(io::stdout()), colours, verbose) }
    }

    /// To anywhere, without progress.
    pub fn to(out: Box<dyn Write>, colours: bool, verbose: bool) -> Self {
        Terminal { out, colours, verbose, progress: None, done: 0, total: 0, chapters: BTreeMap::new() }
    }

    /// What is about to be judged.
    ///
    /// # Errors
    /// When nobody reads.
    pub fn begin(&mut self, server: &str, plan: &Plan) -> io::Result<()> {
        self.total = plan.items.len();
        writeln!(self.out, "{server}: {} checks", self.total)
    }

    fn tell_progress(&mut self, item: &Item) {
        let (done, total) = (self.done, self.total);
        let failed: usize = self.chapters.values().map(|(_, summary)| summary.must + summary.should).sum();
        // Who cannot be told how far it is can still be told the verdict.
        if let Some(progress) = &mut self.progress {
            let _ = write!(progress, "\r\u{1b}[K{done}/{total}, {failed} failed: {:.60}", item.id);
        }
    }

    fn clear(&mut self) {
        if let Some(progress) = &mut self.progress {
            let _ = write!(progress, "\r\u{1b}[K");
        }
    }

    /// What became of a check.
    ///
    /// # Errors
    /// When nobody reads.
    pub fn judged(&mut self, item: &Item, outcome: &Outcome) -> io::Result<()> {
        self.count(item, outcome);
        self.tell_progress(item);
        let (word, colour) = match outcome {
            Outcome::Passed if !self.verbose => return Ok(()),
            Outcome::Passed => ("ok", 32),
            Outcome::Deviates(_) => ("deviation", 33),
            Outcome::Failed(_) => ("FAILED", 31),
        };
        self.clear();
        let word = self.coloured(word, colour);
        writeln!(self.out, "{} ... {word}", item.id)?;
        match outcome {
            Outcome::Passed => Ok(()),
            Outcome::Deviates(deviation) => writeln!(self.out, "  {}: {}", deviation.reason, deviation.link),
            Outcome::Failed(findings) => {
                writeln!(self.out, "  {} {}: {}", item.level.name(), item.clause, item.says)?;
                write!(self.out, "{}", report::told(findings))
            }
        }
    }

    fn coloured(&self, word: &str, colour: u8) -> String {
        if self.colours { format!("\u{1b}[{colour}m{word}\u{1b}[0m") } else { word.to_owned() }
    }

    fn count(&mut self, item: &Item, outcome: &Outcome) {
        self.done += 1;
        let chapter = item.chapter();
        let known = self.chapters.iter().find(|(_, (name, _))| name == chapter).map(|(at, _)| *at);
        let place = known.unwrap_or(self.chapters.len());
        let (_, summary) = self.chapters.entry(place).or_insert_with(|| (chapter.to_owned(), Summary::default()));
        summary.count(item.level, outcome);
    }

    /// The table, what was left out, and the closing line.
    ///
    /// # Errors
    /// When nobody reads.
    pub fn close(mut self, plan: &Plan, summary: &Summary) -> io::Result<()> {
        self.clear();
        write!(self.out, "\n{}", table(self.chapters.values()))?;
        let mut reasons = BTreeMap::<&str, Vec<&str>>::new();
        for left in &plan.left_out {
            reasons.entry(&left.why).or_default().push(&left.id);
        }
        for (why, ids) in reasons {
            writeln!(self.out, "left out, as {why}: {}", ids.join(", "))?;
        }
        let word = if summary.is_clean() { self.coloured("passed", 32) } else { self.coloured("FAILED", 31) };
        let Summary { passed, deviations, must, should, .. } = summary;
        let closing = format!(
            "{word}: {} as they should be ({deviations} of them by a listed deviation), {must} violations of a MUST, {should} short of a SHOULD",
            passed + deviations
        );
        writeln!(self.out, "{closing}")?;
        self.out.flush()
    }
}

fn table<'a>(chapters: impl Iterator<Item = &'a (String, Summary)>) -> String {
    let mut text = format!("{:<28}{:>8}{:>8}{:>8}{:>12}\n", "", "passed", "MUST", "SHOULD", "deviations");
    for (name, Summary { passed, deviations, must, should, .. }) in chapters {
        let shown = |count: &usize| if *count == 0 { "-".to_owned() } else { count.to_string() };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:<28}{passed:>8}{:>8}{:>8}{:>12}", shown(must), shown(should), shown(deviations));
    }
    text
}
