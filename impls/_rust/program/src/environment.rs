use std::collections::HashMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use tracing::Level;

/// The variables of the program. Errors name the variable.
pub struct Environment(HashMap<String, String>);

impl Environment {
    /// A variable that is not Unicode counts as not set.
    pub fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        )
    }

    /// For tests. Later pairs override earlier ones.
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    pub fn text<'a>(&'a self, name: &str, fallback: &'a str) -> &'a str {
        self.0.get(name).map_or(fallback, String::as_str)
    }

    /// Takes any value but the empty one.
    pub fn required(&self, name: &str) -> Result<String, String> {
        match self.text(name, "") {
            "" => Err(format!("{name} is missing")),
            value => Ok(value.to_owned()),
        }
    }

    /// The address to listen on.
    pub fn host(&self, name: &str) -> Result<String, String> {
        let host = self.text(name, "");
        if host.is_empty() || host.contains(['/', ' ']) {
            return Err(format!("{name} must be the address to listen on, not {host:?}"));
        }
        Ok(host.to_owned())
    }

    /// A whole number within these limits.
    pub fn number<T>(&self, name: &str, fallback: &str, limits: RangeInclusive<T>) -> Result<T, String>
    where
        T: FromStr + PartialOrd + Display,
    {
        let text = self.text(name, fallback);
        let digits_only = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| digits_only && limits.contains(number)).ok_or_else(|| {
            format!("{name} must be a whole number from {} to {}, not {text:?}", limits.start(), limits.end())
        })
    }

    /// One of the four levels of the contracts.
    pub fn log_level(&self, name: &str, fallback: &str) -> Result<Level, String> {
        match self.text(name, fallback) {
            "debug" => Ok(Level::DEBUG),
            "info" => Ok(Level::INFO),
            "warn" => Ok(Level::WARN),
            "error" => Ok(Level::ERROR),
            other => Err(format!("{name} must be debug, info, warn or error, not {other:?}")),
        }
    }
}

/// The errors of several settings in one line; none where all are valid.
pub fn one_line(errors: &[Option<&String>]) -> Option<String> {
    let lines: Vec<&str> = errors.iter().flatten().map(|error| error.as_str()).collect();
    (!lines.is_empty()).then(|| lines.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_values_are_errors_that_name_the_variable() {
        for value in ["", "-1", "10", "+1", "1 ", "1.5", "one", "99999999999999999999"] {
            let error = Environment::of(&[("N", value)]).number("N", "1", 0..=9).unwrap_err();
            assert_eq!(error, format!("N must be a whole number from 0 to 9, not {value:?}"));
        }
        let env = Environment::of(&[("V", "no/such thing")]);
        assert!(env.host("V").unwrap_err().starts_with("V must be the address"));
        assert!(env.log_level("V", "info").unwrap_err().starts_with("V must be debug"));
        assert_eq!(env.required("MISSING"), Err("MISSING is missing".to_owned()));
    }

    #[test]
    fn fallbacks_stand_for_variables_that_are_not_set() {
        let env = Environment::of(&[]);
        assert_eq!(env.number("N", "9", 0..=9), Ok(9));
        assert_eq!(env.log_level("L", "warn"), Ok(Level::WARN));
    }

    #[test]
    fn errors_are_joined_in_one_line() {
        assert_eq!(one_line(&[None, None]), None);
        assert_eq!(one_line(&[Some(&"a".to_owned()), None, Some(&"b".to_owned())]), Some("a; b".to_owned()));
    }
}
