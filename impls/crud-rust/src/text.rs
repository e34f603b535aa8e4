//! What ids, names, tokens and media types look like.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use uuid::Uuid;

const MAX_FILE_NAME_BYTES: usize = 255;
const MAX_MEDIA_TYPE_CHARS: usize = 127;

/// Only the text form of 36 characters; uuid's own parser takes others too.
pub fn parse_id(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

pub fn is_user_name(name: &str) -> bool {
    (3..=64).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
}

pub fn is_file_name(name: &str) -> bool {
    (1..=MAX_FILE_NAME_BYTES).contains(&name.len()) && !name.contains(char::is_control)
}

/// The value of a header that is no list. None where it is repeated, or holds what is not text in ASCII.
pub fn only_value(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    value.to_str().ok()
}

/// Of the only `Authorization: Bearer <token>`, the scheme in any case.
pub fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = only_value(headers, AUTHORIZATION)?.split_once(' ')?;
    let token = token.trim_start_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The request's only Content-Type, verbatim.
pub fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = only_value(headers, CONTENT_TYPE)?;
    essence(value).map(|_| value)
}

pub fn file_media_type(headers: &HeaderMap) -> Option<&str> {
    media_type(headers).filter(|value| value.len() <= MAX_MEDIA_TYPE_CHARS)
}

pub fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).and_then(essence).is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
}

/// type/subtype of a media type with parameters (RFC 9110, 5.6.2 to 5.6.6 and 8.3.1), in ASCII only.
fn essence(value: &str) -> Option<&str> {
    let rest = after_token(value)?.strip_prefix('/')?;
    let mut rest = after_token(rest)?;
    let essence = &value[..value.len() - rest.len()];
    while !rest.is_empty() {
        rest = after_parameter(rest)?;
    }
    Some(essence)
}

fn after_parameter(text: &str) -> Option<&str> {
    let rest = trim_blanks(text).strip_prefix(';')?;
    let rest = after_token(trim_blanks(rest))?.strip_prefix('=')?;
    match rest.strip_prefix('"') {
        Some(quoted) => after_quoted(quoted),
        None => after_token(rest),
    }
}

fn trim_blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

fn after_token(text: &str) -> Option<&str> {
    let end = text.find(|char: char| !is_token_char(char)).unwrap_or(text.len());
    (end > 0).then(|| &text[end..])
}

fn is_token_char(char: char) -> bool {
    char.is_ascii_alphanumeric() || "!#$%&'*+.^_`|~-".contains(char)
}

fn after_quoted(text: &str) -> Option<&str> {
    let mut chars = text.char_indices();
    while let Some((index, char)) = chars.next() {
        match char {
            '"' => return Some(&text[index + 1..]),
            '\\' => drop(chars.next().filter(|&(_, escaped)| is_quoted_char(escaped))?),
            _ if is_quoted_char(char) => (),
            _ => return None,
        }
    }
    None
}

fn is_quoted_char(char: char) -> bool {
    matches!(char, '\t' | ' '..='~')
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(name: HeaderName, values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn ids_have_one_text_form() {
        let id = "0190a0b0-c0d0-7000-8000-00000000000F";
        assert_eq!(parse_id(id).unwrap().to_string(), id.to_lowercase());
        for odd in [
            "",
            "0190a0b0c0d07000800000000000000f",
            "{0190a0b0-c0d0-7000-8000-0000000000}",
            "0190a0b0-c0d0-7000-8000-00000000000g",
        ] {
            assert_eq!(parse_id(odd), None, "{odd}");
        }
    }

    #[test]
    fn names_have_their_characters_and_lengths() {
        for (name, want) in [("ab", false), ("a.b_c-9", true), ("Abc", false), ("a b", false), ("abc\n", false)] {
            assert_eq!(is_user_name(name), want, "{name}");
        }
        let long = "ä".repeat(128);
        for (name, want) in
            [("", false), ("a/b", true), ("a\u{85}", false), ("a\0", false), (&long[..254], true), (&long, false)]
        {
            assert_eq!(is_file_name(name), want, "{name}");
        }
    }

    #[test]
    fn tokens_stand_behind_their_scheme_and_spaces() {
        for (values, want) in [
            (&["Bearer abc"][..], Some("abc")),
            (&["bEARER   a b"], Some("a b")),
            (&["Bearer"], None),
            (&["Bearer\tabc"], None),
            (&["Basic abc"], None),
            (&["Bearer a", "Bearer a"], None),
        ] {
            assert_eq!(bearer_token(&headers(AUTHORIZATION, values)), want);
        }
    }

    #[test]
    fn media_types_follow_their_grammar() {
        for valid in ["text/plain", "a/b;c=d", r#"a/b ; c="d\"; e" ;f=g"#, "application/vnd.x+json"] {
            assert_eq!(media_type(&headers(CONTENT_TYPE, &[valid])), Some(valid));
        }
        for odd in
            ["text", "text/", "/plain", "a/b;", "a/b;c", "a/b;c=", "a/b; c = d", r#"a/b;c="d"#, "a/b c", "a/b, c/d"]
        {
            assert_eq!(media_type(&headers(CONTENT_TYPE, &[odd])), None, "{odd}");
        }
        assert!(is_json(&headers(CONTENT_TYPE, &["Application/JSON; charset=utf-8"])));
        assert!(!is_json(&headers(CONTENT_TYPE, &["application/json", "application/json"])));
    }
}
