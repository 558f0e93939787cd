//! The plain page at `/`: which server this is, and its routes. No script, no request elsewhere.

use crate::contract::{ROUTES, Route, Server};
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
</style>
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
    page.push_str("</tbody>\n</table>\n</div>\n</main>\n</body>\n</html>\n");
    page
}

fn row(page: &mut String, route: &Route) {
    let (method, path) = (route.method.as_str(), route.pattern);
    let can_be_opened = method == "GET" && !path.contains('{') && route.query != "a,b";
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
