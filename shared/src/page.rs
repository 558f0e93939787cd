//! The plain page at `/`: which server this is, its routes, a form to upload a file, and the events as they
//! happen. It asks this server only, and works without the script as far as a page can.

use crate::{
    contract::{Method, Operation, ROUTES, Route, Server},
    domain::event::NAMES,
};
use std::fmt::Write as _;

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta name=\"color-scheme\" content=\"light dark\">
<link rel=\"icon\" href=\"data:,\">
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8888; }
code { font-family: ui-monospace, monospace; }
.scroll { overflow-x: auto; }
form { display: flex; flex-wrap: wrap; gap: .8rem; align-items: center; }
#events { font: .9rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; padding-left: 0; list-style: none; }
</style>
";

/// The part that can be tried out. Events come newest first, and the oldest of many are let go.
const TRY: &str = "<h2>Upload a file</h2>
<form id=\"upload\">
<label>File <input type=\"file\" name=\"file\" required></label>
<button>Upload</button>
<progress value=\"0\" hidden aria-label=\"Upload\"></progress>
<output></output>
</form>
<noscript><p>Without scripts: <code>curl -T NAME http://HOST:PORT/files/NAME</code></p></noscript>
<h2>Events</h2>
<p id=\"state\" role=\"status\">not listening</p>
<ol id=\"events\" reversed aria-live=\"polite\"></ol>
";

const SCRIPT: &str = "
const form = document.getElementById('upload');
const bar = form.querySelector('progress');
const told = form.querySelector('output');
form.addEventListener('submit', event => {
  event.preventDefault();
  const file = form.elements.file.files[0];
  const path = '/files/' + encodeURIComponent(file.name);
  const request = new XMLHttpRequest();
  const end = text => { bar.hidden = true; told.textContent = text; };
  request.upload.onprogress = ({ loaded, total }) => { bar.max = total || 1; bar.value = loaded; };
  request.onerror = () => end('The upload broke off; nothing was kept.');
  request.onload = () => {
    const answer = JSON.parse(request.responseText);
    if (request.status >= 400) return end(answer.detail);
    end(`${answer.size} bytes, SHA-256 ${answer.sha256}: `);
    const link = document.createElement('a');
    link.href = path;
    link.textContent = answer.path;
    told.append(link);
  };
  told.textContent = '';
  bar.hidden = false;
  request.open('PUT', path);
  request.send(file);
});
const state = document.getElementById('state');
const list = document.getElementById('events');
const source = new EventSource('/events');
source.onopen = () => { state.textContent = 'listening to /events'; };
source.onerror = () => { state.textContent = source.readyState === 2 ? 'refused' : 'the server is away; trying again'; };
for (const name of NAMES) {
  source.addEventListener(name, event => {
    const line = document.createElement('li');
    line.textContent = `${event.lastEventId} ${name} ${event.data}`;
    list.prepend(line);
    if (list.children.length > 100) list.lastChild.remove();
  });
}
";

/// The page of one server. Everything in it comes from the contract.
pub fn render(server: &Server) -> String {
    let Server { name, stack, style, .. } = server;
    let mut page = String::from(HEAD);
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "<title>{name} · Sextet</title>\n</head>\n<body>\n<main>\n<h1>{name}</h1>\n\
         <p>One small HTTP service, written six ways in Rust. This is the way of {stack}: <em>{style}</em>.</p>\n\
         <div class=\"scroll\">\n<table>\n\
         <thead><tr><th scope=\"col\">method<th scope=\"col\">path<th scope=\"col\">answer</tr></thead>\n<tbody>\n"
    );
    for route in ROUTES {
        row(&mut page, route);
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
    page.push_str(TRY);
    // A list of plain words is the same in Rust, in JSON and in a script.
    let _ = write!(page, "<script>\nconst NAMES = {NAMES:?};{SCRIPT}</script>\n</main>\n</body>\n</html>\n");
    page
}

fn row(page: &mut String, route: &Route) {
    let (method, path) = (route.method.as_str(), route.pattern);
    let plain = !path.contains('{') && route.query != "a,b" && route.operation != Operation::Socket;
    let can_be_opened = plain && route.method == Method::Get;
    let path = if can_be_opened { format!("<a href=\"{path}\">{path}</a>") } else { path.to_owned() };
    let summary = inline(route.summary);
    let _ = writeln!(page, "<tr><td><code>{method}</code><td><code>{path}</code><td>{summary}</tr>");
}

/// A summary's `code` as HTML.
fn inline(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut parts = text.split('`');
    let mut html = parts.next().unwrap_or_default().to_owned();
    for (at, part) in parts.enumerate() {
        html.push_str(if at % 2 == 0 { "<code>" } else { "</code>" });
        html.push_str(part);
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::SERVERS;

    #[test]
    fn the_page_names_the_server_and_lists_every_route() {
        for server in &SERVERS {
            let page = render(server);
            assert!(page.contains(&format!("<h1>{}</h1>", server.name)));
            assert_eq!(page.matches("<tr><td>").count(), ROUTES.len());
            assert_eq!(page.matches("<code>").count(), page.matches("</code>").count());
        }
    }
}
