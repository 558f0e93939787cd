//! The figures of the latest run, as its own summaries tell them: what did not pass its gates is not in them. The run's
//! tests hold the summaries to its raw data.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde::Serialize;
use std::{
    fs, io, mem,
    path::{Path, PathBuf},
};

/// Where the runs are.
const RUNS: &str = "benches/runs";
/// The parts of a run that the page has: the lab, and how routing grows.
const PARTS: [&str; 2] = ["lab", "styles"];
/// Bars are drawn on the page, out of the tables.
const BARS: &str = "-cpu.svg";

/// A part of a summary, below one heading.
#[derive(Debug, PartialEq, Serialize)]
pub struct Section {
    /// The run's folder and the part: where the raw data are.
    pub folder: String,
    /// Its heading; that of the whole for what stands before the first.
    pub name: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A paragraph, or what stands in place of one.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    /// A heading within a section.
    Heading {
        /// Its words.
        spans: Vec<Span>,
    },
    /// A paragraph.
    Text {
        /// Its words.
        spans: Vec<Span>,
    },
    /// Figures side by side.
    Table {
        /// Row by row, the head first, cell by cell.
        rows: Vec<Vec<Vec<Span>>>,
    },
    /// A picture.
    Picture {
        /// All of it.
        svg: String,
        /// What it shows.
        about: String,
    },
    /// Lines as they are.
    Code {
        /// The lines.
        text: String,
    },
    /// Points.
    List {
        /// The words of each.
        items: Vec<Vec<Span>>,
    },
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Span {
    /// As it is.
    Plain(String),
    /// In another way.
    Marked {
        /// `code` or `strong`.
        mark: &'static str,
        /// As it is.
        text: String,
    },
}

/// Reads the newest run's summaries.
///
/// # Errors
/// When there is none, or something that it names is missing.
pub fn read(root: &Path) -> io::Result<Vec<Section>> {
    let mut sections = Vec::new();
    for part in PARTS {
        let folder = newest(root, part)?;
        let text = fs::read_to_string(root.join(&folder).join("summary.md"))?;
        let picture = |file: &str| fs::read_to_string(root.join(&folder).join(file));
        sections.extend(parse(&text, &folder.display().to_string(), picture)?);
    }
    Ok(sections)
}

/// The folder of the newest run that has this part; folders begin with their day.
fn newest(root: &Path, part: &str) -> io::Result<PathBuf> {
    let folders = fs::read_dir(root.join(RUNS))?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    let parts = folders.into_iter().map(|folder| Path::new(RUNS).join(folder).join(part));
    let newest = parts.filter(|folder| root.join(folder).join("summary.md").is_file()).max();
    newest.ok_or_else(|| io::Error::other(format!("{RUNS}: no run has a {part}")))
}

/// Cuts a summary at its headings.
fn parse(text: &str, folder: &str, picture: impl Fn(&str) -> io::Result<String>) -> io::Result<Vec<Section>> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        reader.see(event, folder, &picture)?;
    }
    Ok(reader.sections)
}

/// How far a summary was read.
#[derive(Default)]
struct Reader {
    sections: Vec<Section>,
    /// What stands between the last beginning and now.
    spans: Vec<Span>,
    row: Vec<Vec<Span>>,
    rows: Vec<Vec<Vec<Span>>>,
    items: Vec<Vec<Span>>,
    strong: bool,
    /// The file of a picture whose description is being read.
    picture: Option<String>,
}

impl Reader {
    fn see(&mut self, event: Event<'_>, folder: &str, picture: &impl Fn(&str) -> io::Result<String>) -> io::Result<()> {
        match event {
            Event::Text(text) if self.strong => self.spans.push(Span::Marked { mark: "strong", text: text.into() }),
            Event::Text(text) => self.spans.push(Span::Plain(text.into())),
            Event::Code(text) => self.spans.push(Span::Marked { mark: "code", text: text.into() }),
            Event::SoftBreak | Event::HardBreak => self.spans.push(Span::Plain(" ".to_owned())),
            Event::Start(Tag::Strong) => self.strong = true,
            Event::End(TagEnd::Strong) => self.strong = false,
            Event::Start(Tag::Image { dest_url, .. }) => self.picture = Some(dest_url.into()),
            Event::End(TagEnd::Image) => return self.pictured(picture),
            Event::End(TagEnd::Heading(level)) if level as usize <= 2 => self.begin(folder),
            Event::End(end) => self.ended(end),
            _ => {}
        }
        Ok(())
    }

    /// A section, or the whole, has its heading.
    fn begin(&mut self, folder: &str) {
        let name = plain(&mem::take(&mut self.spans));
        self.sections.push(Section { folder: folder.to_owned(), name, blocks: Vec::new() });
    }

    fn ended(&mut self, end: TagEnd) {
        match end {
            TagEnd::Heading(_) => self.keep(|spans| Block::Heading { spans }),
            TagEnd::Paragraph => self.keep(|spans| Block::Text { spans }),
            TagEnd::CodeBlock => self.keep(|spans| Block::Code { text: plain(&spans) }),
            TagEnd::TableCell => self.row.push(mem::take(&mut self.spans)),
            TagEnd::TableHead | TagEnd::TableRow => self.rows.push(mem::take(&mut self.row)),
            TagEnd::Table => {
                let rows = mem::take(&mut self.rows);
                self.push(Block::Table { rows });
            }
            TagEnd::Item => self.items.push(mem::take(&mut self.spans)),
            TagEnd::List(_) => {
                let items = mem::take(&mut self.items);
                self.push(Block::List { items });
            }
            _ => {}
        }
    }

    fn keep(&mut self, block: impl FnOnce(Vec<Span>) -> Block) {
        let spans = mem::take(&mut self.spans);
        if !spans.is_empty() {
            self.push(block(spans));
        }
    }

    fn push(&mut self, block: Block) {
        // What stands before the first heading would be nobody's.
        if let Some(section) = self.sections.last_mut() {
            section.blocks.push(block);
        }
    }

    fn pictured(&mut self, picture: &impl Fn(&str) -> io::Result<String>) -> io::Result<()> {
        let about = plain(&mem::take(&mut self.spans));
        if let Some(file) = self.picture.take().filter(|file| !file.ends_with(BARS)) {
            let svg = picture(&file)?;
            self.push(Block::Picture { svg, about });
        }
        Ok(())
    }
}

fn plain(spans: &[Span]) -> String {
    let text = |span: &Span| match span {
        Span::Plain(text) | Span::Marked { text, .. } => text.clone(),
    };
    spans.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUMMARY: &str = "# All\n\nMade by `it`.\n\n## one\n\nIs **so**.\n\n![bars](one-cpu.svg)\n\n![a line](one.svg)\n\n\
                           ### 10 %\n\n| a | b |\n|---|--:|\n| x | 1.5 |\n\n- p\n- q\n\n```\n$ it\n```\n";

    #[test]
    fn a_summary_is_cut_at_its_headings() {
        let sections = parse(SUMMARY, "f", |file| Ok(format!("<{file}>"))).expect("a summary");
        assert_eq!(sections.iter().map(|section| section.name.as_str()).collect::<Vec<_>>(), ["All", "one"]);
        let words = |text: &str| vec![Span::Plain(text.to_owned())];
        let code = Span::Marked { mark: "code", text: "it".to_owned() };
        let spans = vec![Span::Plain("Made by ".to_owned()), code, Span::Plain(".".to_owned())];
        assert_eq!(sections[0].blocks, [Block::Text { spans }]);
        let strong = Span::Marked { mark: "strong", text: "so".to_owned() };
        assert_eq!(
            sections[1].blocks,
            [
                Block::Text { spans: vec![Span::Plain("Is ".to_owned()), strong, Span::Plain(".".to_owned())] },
                Block::Picture { svg: "<one.svg>".to_owned(), about: "a line".to_owned() },
                Block::Heading { spans: words("10 %") },
                Block::Table { rows: vec![vec![words("a"), words("b")], vec![words("x"), words("1.5")]] },
                Block::List { items: vec![words("p"), words("q")] },
                Block::Code { text: "$ it\n".to_owned() },
            ]
        );
    }

    #[test]
    fn a_picture_that_is_missing_is_an_error() {
        assert!(parse(SUMMARY, "f", |_| Err(io::Error::other("no such file"))).is_err());
    }
}
