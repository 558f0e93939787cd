//! Proactive negotiation (RFC 9110, section 12.5): `Accept` and `Accept-Encoding`.

/// Which of `offers` (media types without parameters) `accept` likes best; the first on a tie,
/// `None` when it wants none of them. An absent field wants anything.
pub fn media(accept: Option<&str>, offers: &[&str]) -> Option<usize> {
    let Some(accept) = accept else { return Some(0) };
    let liking = |offer: &str| {
        let matching = list(accept).filter(|(range, _)| covers(range, offer));
        // The most specific range that covers the offer decides.
        matching.max_by_key(|(range, _)| specificity(range)).map_or(0, |(_, quality)| quality)
    };
    best(offers.iter().map(|offer| liking(offer)))
}

/// Which of `offers` (content codings) `accept_encoding` likes best; the first on a tie, `None`
/// when it wants the plain form most or none of them. An absent field wants the plain form.
pub fn coding(accept_encoding: Option<&str>, offers: &[&str]) -> Option<usize> {
    let accept = accept_encoding?;
    let quality_of = |wanted: &str| list(accept).find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, q)| q);
    let any = quality_of("*");
    let chosen = best(offers.iter().map(|offer| quality_of(offer).or(any).unwrap_or(0)))?;
    let quality = quality_of(offers[chosen]).or(any).unwrap_or(0);
    // `identity` is acceptable unless named; it wins only where it is preferred by name.
    (quality >= quality_of("identity").unwrap_or(0)).then_some(chosen)
}

/// The members of a list field with their qualities in thousandths; one without a sound quality
/// counts as 0.
fn list(field: &str) -> impl Iterator<Item = (&str, u16)> {
    field.split(',').filter_map(|member| {
        let mut parts = member.split(';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?;
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Some((name, weight.map_or(1000, thousandths)))
    })
}

/// `0`, `1`, or up to three decimals (RFC 9110, section 12.4.2).
fn thousandths(weight: &str) -> u16 {
    let shape = weight.len() <= 5 && weight.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match weight.parse::<f32>() {
        Ok(value) if shape && (0.0..=1.0).contains(&value) => (value * 1000.0).round() as u16,
        _ => 0,
    }
}

fn covers(range: &str, offer: &str) -> bool {
    if range == "*/*" || range.eq_ignore_ascii_case(offer) {
        return true;
    }
    let kind = offer.split('/').next().unwrap_or_default();
    range.strip_suffix("/*").is_some_and(|range| range.eq_ignore_ascii_case(kind))
}

fn specificity(range: &str) -> u8 {
    match range {
        "*/*" => 0,
        range if range.ends_with("/*") => 1,
        _ => 2,
    }
}

/// The first of the highest, if any is above 0.
fn best(qualities: impl Iterator<Item = u16>) -> Option<usize> {
    let mut chosen = None;
    let mut highest = 0;
    for (at, quality) in qualities.enumerate() {
        if quality > highest {
            (chosen, highest) = (Some(at), quality);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_by_specificity_and_quality() {
        let offers = ["text/html", "application/json"];
        for (accept, want) in [
            (None, Some(0)),
            (Some("*/*"), Some(0)),
            (Some("application/json"), Some(1)),
            (Some("application/*;q=0.5, text/html;q=0.4"), Some(1)),
            (Some("text/*, application/json"), Some(0)),
            (Some("text/html;q=0, */*"), Some(1)),
            (Some("image/png"), None),
            (Some("text/html;q=0"), None),
            (Some("text/html;q=nonsense, application/json;q=0.001"), Some(1)),
            (Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Some(0)),
        ] {
            assert_eq!(media(accept, &offers), want, "{accept:?}");
        }
    }

    #[test]
    fn codings_by_quality() {
        let offers = ["br", "gzip"];
        for (accept, want) in [
            (None, None),
            (Some(""), None),
            (Some("gzip"), Some(1)),
            (Some("gzip, br"), Some(0)),
            (Some("gzip, br;q=0.5"), Some(1)),
            (Some("*"), Some(0)),
            (Some("*;q=0"), None),
            (Some("br;q=0, *"), Some(1)),
            (Some("identity, gzip;q=0.5"), None),
            (Some("deflate, zstd"), None),
            (Some("GZIP"), Some(1)),
        ] {
            assert_eq!(coding(accept, &offers), want, "{accept:?}");
        }
    }
}
