//! The rows of a table that name an operation. Each style has another kind of row: an arm of a `match`, an element of an
//! array, a link of a chain of calls, a statement.

use crate::source::{Cut, Lines, mentions};
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::{
    Arm, Expr, ExprArray, ExprMethodCall, Item, Local, Pat, Stmt,
    spanned::Spanned,
    visit::{self, Visit},
};

/// The rows of an item that name an operation, in order; those that a row is made of, if they have a name, before it.
pub fn of(cut: &Cut, operation: &str) -> Vec<Lines> {
    let mut rows = Rows { operation, found: Vec::new(), locals: Vec::new() };
    match &cut.item {
        Item::Fn(item) => rows.visit_block(&item.block),
        Item::Static(item) => rows.visit_expr(&item.expr),
        Item::Const(item) => rows.visit_expr(&item.expr),
        _ => {}
    }
    let Rows { found, locals, .. } = rows;
    let mut all: BTreeSet<_> = found.iter().map(|row| row.lines).collect();
    // The first row defines it; what that is made of stands above. Those behind put rows together.
    if let Some(first) = found.first() {
        let used = |local: &&Named| {
            local.lines < first.lines && local.name != operation && names(&first.tokens).contains(&local.name)
        };
        all.extend(locals.iter().filter(used).map(|local| local.lines));
    }
    all.into_iter().collect()
}

fn names(tokens: &TokenStream) -> BTreeSet<String> {
    mentions(tokens).into_iter().map(|mention| mention.name).collect()
}

fn lines(span: Span) -> Lines {
    Lines { first: span.start().line, last: span.end().line }
}

struct Row {
    lines: Lines,
    tokens: TokenStream,
}

struct Named {
    name: String,
    lines: Lines,
}

struct Rows<'a> {
    operation: &'a str,
    found: Vec<Row>,
    locals: Vec<Named>,
}

impl Rows<'_> {
    fn is_named_in(&self, tokens: &TokenStream) -> bool {
        mentions(tokens).iter().any(|mention| mention.name == self.operation)
    }

    fn keep(&mut self, lines: Lines, tokens: TokenStream) {
        self.found.push(Row { lines, tokens });
    }

    /// The links of a chain, the first call first; the whole chain if it has but one of them.
    fn chain(&mut self, call: &ExprMethodCall) {
        if let Expr::MethodCall(before) = &*call.receiver {
            self.chain(before);
        }
        let tokens = call.args.to_token_stream();
        if self.is_named_in(&tokens) {
            let first = call.dot_token.span().start().line;
            self.keep(Lines { first, last: call.paren_token.span.close().end().line }, tokens);
        }
    }

    fn local(&mut self, local: &Local) {
        let lines = lines(local.span());
        if let Pat::Ident(name) = &local.pat {
            self.locals.push(Named { name: name.ident.to_string(), lines });
        }
        let tokens = local.to_token_stream();
        // A table may be a value of many statements (a `match` has its arms).
        match local.init.as_ref().map(|init| &*init.expr) {
            Some(expr @ Expr::Match(_)) => self.visit_expr(expr),
            _ if self.is_named_in(&tokens) => self.keep(lines, tokens),
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for Rows<'_> {
    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        match statement {
            Stmt::Local(local) => self.local(local),
            // A chain that is the value of a function: `Router::new().route(..).route(..)`.
            Stmt::Expr(Expr::MethodCall(call), _) if is_long(call) => self.chain(call),
            Stmt::Expr(Expr::Match(_), _) => visit::visit_stmt(self, statement),
            Stmt::Expr(expr, _) => {
                let tokens = expr.to_token_stream();
                if self.is_named_in(&tokens) {
                    self.keep(lines(statement.span()), tokens);
                }
            }
            Stmt::Item(_) | Stmt::Macro(_) => {}
        }
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        let tokens = arm.to_token_stream();
        if self.is_named_in(&arm.body.to_token_stream()) {
            self.keep(lines(arm.span()), tokens);
        }
    }

    fn visit_expr_array(&mut self, array: &'ast ExprArray) {
        for element in &array.elems {
            let tokens = element.to_token_stream();
            if self.is_named_in(&tokens) {
                self.keep(lines(element.span()), tokens);
            }
        }
    }
}

/// A table has more rows than a call has.
fn is_long(call: &ExprMethodCall) -> bool {
    let mut links = 1;
    let mut at = call;
    while let Expr::MethodCall(before) = &*at.receiver {
        links += 1;
        at = before;
    }
    links > 4
}
