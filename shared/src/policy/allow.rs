//! `Allow` in one shape: sorted, without doubles, with what follows from the rules.

use std::collections::BTreeSet;

/// Puts in order what a router says of a path's methods, in however many lines: HEAD stands beside
/// GET, OPTIONS everywhere.
pub fn tidy<'a>(fields: impl Iterator<Item = &'a str>) -> String {
    let mut methods: BTreeSet<_> = fields.flat_map(|field| field.split(',')).map(str::trim).collect();
    methods.remove("");
    methods.insert("OPTIONS");
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    methods.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_sorted_without_doubles() {
        assert_eq!(tidy(["GET,HEAD,POST", "DELETE, GET"].into_iter()), "DELETE, GET, HEAD, OPTIONS, POST");
        assert_eq!(tidy(["GET"].into_iter()), "GET, HEAD, OPTIONS");
        assert_eq!(tidy([""].into_iter()), "OPTIONS");
    }
}
