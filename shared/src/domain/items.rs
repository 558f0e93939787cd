//! The values of the benchmark routes: sums, and a data set of fifty items of our own.

use super::{Faults, canonical, deserialize_by_from_str};
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::{str::FromStr, sync::LazyLock};

/// The largest multiplier.
pub const MULTIPLIER: i64 = 1_000_000;

/// `/baseline11`: the query as it came.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SumQuery {
    a: Option<String>,
    b: Option<String>,
}

impl SumQuery {
    /// `a + b`. Two integers of 64 bits (and a third) cannot overflow 128.
    ///
    /// # Errors
    /// A 422 that names every key that is absent or not an integer.
    pub fn sum(&self) -> Result<i128, Error> {
        self.add(None)
    }

    /// `a + b` and the integer in `body`.
    ///
    /// # Errors
    /// As [`SumQuery::sum`]; the body is named by the empty field.
    pub fn sum_with(&self, body: &str) -> Result<i128, Error> {
        self.add(Some(("", Some(body))))
    }

    fn add<'a>(&'a self, more: Option<(&'a str, Option<&'a str>)>) -> Result<i128, Error> {
        let mut faults = Faults::default();
        let mut sum = 0;
        let keys = [("a", self.a.as_deref()), ("b", self.b.as_deref())];
        for (field, text) in keys.into_iter().chain(more) {
            match text.map(i64::from_str) {
                Some(Ok(value)) => sum += i128::from(value),
                Some(Err(_)) => faults.add(field, "must be an integer of 64 bits"),
                None => faults.add(field, "is required"),
            }
        }
        faults.none_or()?;
        Ok(sum)
    }
}

/// How many items: 1..=50.
#[derive(Clone, Copy, Debug)]
pub struct ItemCount(usize);

impl FromStr for ItemCount {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match canonical(text) {
            Some(count @ 1..=50) => Ok(ItemCount(count)),
            _ => Err(Error::NotFound),
        }
    }
}

deserialize_by_from_str!(ItemCount, "not a count from 1 to 50");

/// `GET /json/{count}`: the query as it came.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ItemsQuery {
    m: Option<String>,
}

impl ItemsQuery {
    fn multiplier(&self) -> Result<i64, Error> {
        let mut faults = Faults::default();
        let m = faults.integer("m", self.m.as_deref(), 1..=MULTIPLIER);
        faults.none_or()?;
        Ok(m.unwrap_or(1))
    }
}

/// One item, members in this order.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Item {
    /// 1..=50.
    pub id: u32,
    /// What it is called.
    pub name: &'static str,
    /// What kind of thing it is.
    pub category: &'static str,
    /// For one, in cents.
    pub price: i64,
    /// How many are in stock.
    pub quantity: i64,
    /// Whether it is on sale.
    pub active: bool,
    /// What it is like.
    pub tags: [&'static str; 2],
    /// What buyers say.
    pub rating: Rating,
    /// `price * quantity * m`, in cents.
    pub total: i64,
}

/// What buyers say.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct Rating {
    /// 1.0..=5.0.
    pub score: f64,
    /// How many said so.
    pub count: u32,
}

/// The answer of `GET /json/{count}`.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Items {
    /// The first `count` items.
    pub items: Vec<Item>,
    /// How many they are.
    pub count: usize,
}

impl Items {
    /// The first `count` of the data set, each with its total.
    ///
    /// # Errors
    /// A 422 when `m` is not an integer from 1 to 1 000 000.
    pub fn first(ItemCount(count): ItemCount, query: &ItemsQuery) -> Result<Self, Error> {
        let m = query.multiplier()?;
        let with_total = |item: &Item| Item { total: item.price * item.quantity * m, ..item.clone() };
        Ok(Items { items: DATA.iter().take(count).map(with_total).collect(), count })
    }
}

const NAMES: [&str; 10] =
    ["anvil", "bellows", "chisel", "drill", "easel", "file", "gimlet", "hammer", "inkwell", "jigsaw"];
const MATERIALS: [&str; 5] = ["steel", "brass", "oak", "bone", "glass"];
const CATEGORIES: [&str; 4] = ["forge", "bench", "study", "garden"];

/// Made by rule rather than written down: the same fifty on every machine.
static DATA: LazyLock<Vec<Item>> = LazyLock::new(|| (0..50).map(item).collect());

fn item(n: u32) -> Item {
    let at = n as usize;
    Item {
        id: n + 1,
        name: NAMES[at % NAMES.len()],
        category: CATEGORIES[at % CATEGORIES.len()],
        price: i64::from(199 + n * 173 % 9_800),
        quantity: i64::from(1 + n * 7 % 40),
        active: !n.is_multiple_of(3),
        tags: [MATERIALS[at % MATERIALS.len()], if n.is_multiple_of(2) { "new" } else { "used" }],
        rating: Rating { score: f64::from(10 + n * 3 % 41) / 10.0, count: n * 31 % 500 },
        total: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_price_times_quantity_times_m() {
        let query = ItemsQuery { m: Some("3".into()) };
        let items = Items::first(ItemCount(50), &query).expect("valid");
        assert_eq!(items.items.len(), 50);
        assert!(items.items.iter().all(|item| item.total == item.price * item.quantity * 3));
        assert!(items.items.iter().all(|item| (1.0..=5.0).contains(&item.rating.score)));
    }

    #[test]
    fn sums_do_not_overflow() {
        let query = SumQuery { a: Some(i64::MAX.to_string()), b: Some("1".into()) };
        assert_eq!(query.sum().expect("valid"), i128::from(i64::MAX) + 1);
        assert_eq!(query.sum_with("-1").expect("valid"), i128::from(i64::MAX));
    }

    #[test]
    fn every_term_at_fault_is_named() {
        let query = SumQuery { a: Some("x".into()), b: None };
        let Err(Error::Invalid(faults)) = query.sum_with("1.5") else { panic!("three faults") };
        assert_eq!(faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["a", "b", ""]);
    }
}
