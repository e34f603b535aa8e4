use std::collections::HashMap;

use program::Problem;
use uuid::Uuid;

use crate::text::parse_id;

const DEFAULT_PAGE_FILES: i64 = 20;
const MAX_PAGE_FILES: i64 = 100;

/// The listed parameters that a request names.
pub struct Query(HashMap<String, String>);

impl Query {
    /// Refuses a listed parameter given twice and percent-encoding that is wrong or not UTF-8, in any parameter.
    pub fn parse(raw: &str, listed: &[&str]) -> Result<Self, Problem> {
        let mut found = HashMap::new();
        for pair in raw.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (unescape(name)?, unescape(value)?);
            if listed.contains(&name.as_str()) && found.insert(name, value).is_some() {
                return Err(Problem::invalid("a parameter is given twice"));
            }
        }
        Ok(Self(found))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

fn unescape(raw: &str) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        bytes.push(match (first, after) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => {
                rest = after;
                hex_digit(*high)? << 4 | hex_digit(*low)?
            }
            (b'%', _) => return Err(broken_escape()),
            (other, _) => *other,
        });
    }
    String::from_utf8(bytes).map_err(|_| broken_escape())
}

fn hex_digit(byte: u8) -> Result<u8, Problem> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or_else(broken_escape)
}

fn broken_escape() -> Problem {
    Problem::invalid("the query's percent-encoding is wrong or not UTF-8")
}

/// The part of a list that a client asks for.
#[derive(Debug, PartialEq)]
pub struct Page {
    pub limit: i64,
    /// The last id seen.
    pub after: Option<Uuid>,
}

impl Page {
    pub fn parse(raw_query: &str) -> Result<Self, Problem> {
        let query = Query::parse(raw_query, &["limit", "after"])?;
        let limit = query.get("limit").map_or(Some(DEFAULT_PAGE_FILES), parse_limit);
        let after = query.get("after").map(parse_id);
        match (limit, after) {
            (None, _) => Err(Problem::invalid("parameter \"limit\" must be a whole number from 1 to 100")),
            (_, Some(None)) => Err(Problem::invalid("parameter \"after\" must be a UUID")),
            (Some(limit), after) => Ok(Self { limit, after: after.flatten() }),
        }
    }
}

fn parse_limit(text: &str) -> Option<i64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|limit| is_plain && (1..=MAX_PAGE_FILES).contains(limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_unescaped_and_read_once() {
        let query = Query::parse("n%61me=a+b%C3%A4&other=1&other=2&empty", &["name", "empty"]).ok().unwrap();
        assert_eq!((query.get("name"), query.get("empty"), query.get("other")), (Some("a bä"), Some(""), None));
        for raw in ["name=a&name=a", "name=%", "name=%4", "x=%zz", "%ff=1", "x=%C3"] {
            assert!(Query::parse(raw, &["name"]).is_err(), "{raw}");
        }
    }

    #[test]
    fn pages_have_a_limit_and_a_last_id() {
        assert_eq!(Page::parse(""), Ok(Page { limit: 20, after: None }));
        assert_eq!(Page::parse("limit=100").unwrap().limit, 100);
        for raw in ["limit=0", "limit=01", "limit=101", "limit=+1", "limit=", "limit=1.0", "after=x", "after="] {
            assert!(Page::parse(raw).is_err(), "{raw}");
        }
    }
}
