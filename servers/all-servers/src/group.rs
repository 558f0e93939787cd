//! The processes of the six, from the first start to the last end.
//!
//! Each has a pipe from here as its standard input, on which nothing is ever written: when it ends, however that comes
//! about, the server stops as it does by a signal. So none of them outlives this program, not even if it is killed.

use crate::{
    plan::{self, Planned},
    process::Process,
    voice::{Style, pass_on},
};
use shared::{
    Shutdown, Stop,
    boot::{self, Signals},
    config::{Config, LogFormat},
    contract::Server,
};
use std::{
    ffi::{OsStr, OsString},
    io,
    process::{ChildStdin, ExitCode, ExitStatus},
};
use tokio::{select, sync::mpsc, task::JoinSet};

/// Starts all six with what the user wrote, and returns when all have ended.
pub fn run(this: &OsStr, written: Vec<OsString>) -> ExitCode {
    let config = match Config::read_for_all(std::iter::once(this.to_owned()).chain(written.clone())) {
        Ok(config) => config,
        Err(error) => return boot::answer(&error),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let lived = runtime.map_err(|cause| format!("cannot start: {cause}")).and_then(|runtime| {
        let planned = plan::plan(&config, &written)?;
        runtime.block_on(live(planned, config.log_format))
    });
    match lived {
        Ok(code) => code,
        Err(line) => boot::fail(&line),
    }
}

/// What happens to one of them.
enum News {
    /// It says where it listens.
    Listens,
    /// It has ended.
    Ended(&'static Server, io::Result<ExitStatus>),
}

/// The six while they run.
struct Group {
    tasks: JoinSet<()>,
    /// As long as this is there they live.
    lifelines: Vec<ChildStdin>,
    /// Ends them at once.
    kill: Stop,
    news: mpsc::UnboundedReceiver<News>,
    /// How many have not said yet where they listen.
    starting: usize,
    is_stopping: bool,
    /// The exit code.
    code: u8,
}

async fn live(planned: Vec<Planned>, format: LogFormat) -> Result<ExitCode, String> {
    let mut signals = Signals::watch()?;
    let mut group = Group::start(planned, format)?;
    loop {
        select! {
            number = signals.next() => group.signalled(number),
            // There is no more once all have ended.
            news = group.news.recv() => match news {
                Some(news) => group.heard(news),
                None => break,
            }
        }
    }
    Ok(ExitCode::from(group.code))
}

impl Group {
    fn start(planned: Vec<Planned>, format: LogFormat) -> Result<Self, String> {
        let (tell, news) = mpsc::unbounded_channel();
        let (kill, killed) = Shutdown::channel();
        let (tasks, lifelines, starting) = (JoinSet::new(), Vec::new(), planned.len());
        let mut group = Group { tasks, lifelines, kill, news, starting, is_stopping: false, code: 0 };
        for (at, Planned { server, args }) in planned.into_iter().enumerate() {
            let started = Process::start(&args);
            let mut process = started.map_err(|cause| format!("cannot start {}: {cause}", server.name))?;
            group.lifelines.extend(process.input());
            let (tell, killed) = (tell.clone(), killed.clone());
            group.tasks.spawn(async move { attend((at, server), process, format, &tell, killed).await });
        }
        Ok(group)
    }

    fn stop(&mut self) {
        self.is_stopping = true;
        self.lifelines.clear();
    }

    /// The first signal stops all, a second one ends them.
    fn signalled(&mut self, number: i32) {
        if self.is_stopping {
            self.kill.stop();
            self.code = u8::try_from(128 + number).unwrap_or(1);
        }
        self.stop();
    }

    fn heard(&mut self, news: News) {
        match news {
            News::Listens => {
                self.starting -= 1;
                if self.starting == 0 {
                    eprintln!("all six listen; Ctrl-C stops them");
                }
            }
            News::Ended(_, Ok(status)) if status.success() && self.is_stopping => {}
            News::Ended(server, status) => self.lost(server, &status),
        }
    }

    /// One that cannot start is a mistake to be mended; one that dies later is a loss, and the others go on.
    fn lost(&mut self, server: &Server, status: &io::Result<ExitStatus>) {
        let status = status.as_ref().map_or_else(ToString::to_string, ToString::to_string);
        let (code, others) = match (self.is_stopping, self.starting) {
            (true, _) => (1, ""),
            (false, 0) => (1, "; the others go on"),
            (false, _) => (2, "; the others are stopped"),
        };
        eprintln!("{} has ended: {status}{others}", server.name);
        self.code = self.code.max(code);
        if self.starting > 0 {
            self.stop();
        }
    }
}

/// Passes on what one says, until it has ended.
async fn attend(
    one: (usize, &'static Server),
    mut process: Process,
    format: LogFormat,
    tell: &mpsc::UnboundedSender<News>,
    killed: Shutdown,
) {
    let (out, err) = process.outputs();
    let (to_out, to_err) = (Style::of(format, &io::stdout()), Style::of(format, &io::stderr()));
    // Nobody hears the news after the end, and a line that cannot be passed on is no reason to end.
    let listens = |line: &str| drop(line.contains(" listens on ").then(|| tell.send(News::Listens)));
    let said = async {
        if let Some(out) = out {
            let _ = pass_on(out, io::stdout(), to_out, one, listens).await;
        }
    };
    let logged = async {
        if let Some(err) = err {
            let _ = pass_on(err, io::stderr(), to_err, one, |_| {}).await;
        }
    };
    let ended = async {
        select! {
            status = process.wait() => return status,
            () = killed.begun() => {}
        }
        // What cannot be ended is waited for.
        let _ = process.kill();
        process.wait().await
    };
    let (status, (), ()) = tokio::join!(ended, said, logged);
    let _ = tell.send(News::Ended(one.1, status));
}
