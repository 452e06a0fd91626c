//! Reads orders.
use std::fs;

mod tests {
    use super::*;
}

const LIMIT: usize = 10; /* orders a page */

/// One order.
pub struct Order<'a> {
    name: &'a str,
    mark: char,
}

enum Kind {
    Paid,
    Open,
}

trait Priced {
    fn total(&self, rate: f64) -> f64;
}

impl<'a> Priced for Order<'a> {
    fn total(&self, rate: f64) -> f64 {
        if rate > 0.0 {
            return rate;
        }
        0.0
    }
}

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

pub fn load(path: &str) -> Vec<String> {
    let parse = |line: &str| { line.to_owned() };
    let text = fs::read_to_string(path).unwrap_or_default();
    println!("{} {}", text.len(), 'x');
    text.lines().map(parse).chain([r#"raw"#.to_string()]).collect()
}
