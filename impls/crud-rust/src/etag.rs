use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue};

/// The strong entity tag of a file's version.
pub fn etag(version: i32) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).expect("digits and quotes")
}

/// An If-Match or If-None-Match header (RFC 9110, 13.1). One that does not parse to its end is a condition without tags.
#[derive(Debug, PartialEq)]
pub enum Condition {
    Any,
    Tags(Vec<EntityTag>),
}

#[derive(Debug, PartialEq)]
pub struct EntityTag {
    is_weak: bool,
    /// Between the quotes.
    opaque: Vec<u8>,
}

impl Condition {
    pub fn of(headers: &HeaderMap, name: HeaderName) -> Option<Self> {
        let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
        (!values.is_empty()).then(|| Self::parse(&values.join(&b',')))
    }

    fn parse(text: &[u8]) -> Self {
        let text = trim_start(text, b" \t");
        if text.trim_ascii_end() == b"*" {
            return Condition::Any;
        }
        let mut tags = Vec::new();
        let mut rest = trim_start(text, b", \t");
        while !rest.is_empty() {
            match EntityTag::cut(rest) {
                Some((tag, after)) => {
                    tags.push(tag);
                    rest = after;
                }
                None => return Condition::Tags(Vec::new()),
            }
        }
        Condition::Tags(tags)
    }

    /// For If-None-Match.
    pub fn matches_weakly(&self, version: i32) -> bool {
        match self {
            Condition::Any => true,
            Condition::Tags(tags) => tags.iter().any(|tag| tag.opaque == version.to_string().as_bytes()),
        }
    }

    /// The versions that If-Match names strongly, as `etag` writes them ("01" is another tag than "1"); None: any.
    pub fn versions(&self) -> Option<Vec<i32>> {
        match self {
            Condition::Any => None,
            Condition::Tags(tags) => {
                Some(tags.iter().filter(|tag| !tag.is_weak).filter_map(EntityTag::version).collect())
            }
        }
    }
}

impl EntityTag {
    /// Takes the first tag off a list, and the commas behind it: an empty element is skipped (RFC 9110, 5.6.1.2).
    fn cut(list: &[u8]) -> Option<(Self, &[u8])> {
        let (is_weak, list) = list.strip_prefix(b"W/").map_or((false, list), |list| (true, list));
        let list = list.strip_prefix(b"\"")?;
        let end = list.iter().position(|&byte| byte == b'"')?;
        let (opaque, rest) = (&list[..end], trim_start(&list[end + 1..], b" \t"));
        if opaque.iter().any(|&byte| byte <= b' ' || byte == 0x7F) || !(rest.is_empty() || rest[0] == b',') {
            return None;
        }
        Some((Self { is_weak, opaque: opaque.to_vec() }, trim_start(rest, b", \t")))
    }

    fn version(&self) -> Option<i32> {
        let version: i32 = std::str::from_utf8(&self.opaque).ok()?.parse().ok()?;
        (version.to_string().as_bytes() == self.opaque).then_some(version)
    }
}

fn trim_start<'a>(text: &'a [u8], blanks: &[u8]) -> &'a [u8] {
    let start = text.iter().position(|byte| !blanks.contains(byte)).unwrap_or(text.len());
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_valid_as_a_whole() {
        for (text, want) in [
            ("*", None),
            (" * ", None),
            (r#""1""#, Some(vec![1])),
            (r#", "1" ,, "2","#, Some(vec![1, 2])),
            (r#"W/"1", "2""#, Some(vec![2])),
            (r#""01", "+1", "x,y", "3""#, Some(vec![3])),
            (r#""1" "2""#, Some(vec![])),
            (r#""1", 2"#, Some(vec![])),
            (r#""1", *"#, Some(vec![])),
            (r#"w/"1""#, Some(vec![])),
            ("", Some(vec![])),
        ] {
            assert_eq!(Condition::parse(text.as_bytes()).versions(), want, "{text}");
        }
    }

    #[test]
    fn weak_tags_match_weakly() {
        assert!(Condition::parse(br#"W/"7""#).matches_weakly(7));
        assert!(Condition::parse(b"*").matches_weakly(7));
        assert!(!Condition::parse(br#""07""#).matches_weakly(7));
    }
}
