use std::collections::HashMap;
use std::fmt;

use axum::extract::Request;
use program::{Problem, read_body};
use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::text::{file_media_type, is_json, parse_id};

const MAX_JSON_BYTES: usize = 65_536;
const MAX_FILE_BYTES: usize = 1_048_576;

const UNSUPPORTED_MEDIA_TYPE: Problem = Problem::new(
    415,
    "unsupported-media-type",
    "Unsupported media type",
    "this Content-Type is missing, malformed or not taken here",
);

/// A raw body and its Content-Type.
pub async fn read_file(request: Request) -> Result<(Vec<u8>, String), Problem> {
    let media_type = file_media_type(request.headers()).ok_or(UNSUPPORTED_MEDIA_TYPE)?.to_owned();
    let body = read_body(request.into_body(), MAX_FILE_BYTES).await?;
    Ok((body, media_type))
}

/// A body that is a JSON object with exactly these keys.
pub async fn read_object(request: Request, keys: &[&str]) -> Result<Object, Problem> {
    if !is_json(request.headers()) {
        return Err(UNSUPPORTED_MEDIA_TYPE);
    }
    let body = read_body(request.into_body(), MAX_JSON_BYTES).await?;
    Object::parse(&body, keys)
}

/// A JSON object whose values are checked for their syntax only until they are asked for: so neither the depth nor the size of a number matters.
#[derive(Debug)]
pub struct Object(HashMap<Text, Box<RawValue>>);

impl Object {
    /// Of two equal keys the last counts.
    fn parse(body: &[u8], keys: &[&str]) -> Result<Self, Problem> {
        let text = std::str::from_utf8(body).map_err(|_| Problem::MALFORMED_JSON)?;
        let whole: &RawValue = serde_json::from_str(text).map_err(|_| Problem::MALFORMED_JSON)?;
        let fields: HashMap<Text, Box<RawValue>> =
            serde_json::from_str(whole.get()).map_err(|_| Problem::invalid("the body must be a JSON object"))?;
        if fields.keys().any(|key| !keys.contains(&key.0.as_str())) {
            return Err(Problem::invalid("the body has a key that does not belong here"));
        }
        match keys.iter().find(|&&key| !fields.contains_key(&Text(key.to_owned()))) {
            Some(missing) => Err(Problem::invalid(format!("\"{missing}\" is missing"))),
            None => Ok(Self(fields)),
        }
    }

    /// A string of so many code points.
    pub fn text(&self, key: &str, min: usize, max: usize) -> Result<String, Problem> {
        let Text(text) = self.value(key).ok_or_else(|| Problem::invalid(format!("\"{key}\" must be a string")))?;
        if !(min..=max).contains(&text.chars().count()) {
            return Err(Problem::invalid(format!("\"{key}\" must have {min} to {max} characters")));
        }
        Ok(text)
    }

    /// An array of 1 to `max` UUIDs.
    pub fn ids(&self, key: &str, max: usize) -> Result<Vec<Uuid>, Problem> {
        let items: Option<Vec<&RawValue>> = self.value(key);
        let items = items
            .filter(|items| (1..=max).contains(&items.len()))
            .ok_or_else(|| Problem::invalid(format!("\"{key}\" must be an array of 1 to {max} ids")))?;
        let ids: Option<Vec<Uuid>> = items
            .iter()
            .map(|item| serde_json::from_str::<Text>(item.get()).ok().and_then(|Text(text)| parse_id(&text)))
            .collect();
        ids.ok_or_else(|| Problem::invalid(format!("each of \"{key}\" must be a UUID")))
    }

    fn value<'a, T: Deserialize<'a>>(&'a self, key: &str) -> Option<T> {
        let raw = self.0.get(&Text(key.to_owned()))?;
        serde_json::from_str(raw.get()).ok()
    }
}

/// A JSON string in which half a surrogate pair, which Rust's strings cannot hold, is U+FFFD. serde_json gives such strings as bytes only.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(TextVisitor)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text(text.to_owned()))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text, E> {
        Ok(Text(without_half_pairs(bytes)))
    }
}

/// The bytes are UTF-8 but for half pairs, of three bytes each, the first of them ED.
fn without_half_pairs(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if chunk.invalid().first() == Some(&0xED) {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(body: &str) -> u16 {
        match Object::parse(body.as_bytes(), &["name", "password"]) {
            Ok(_) => 200,
            Err(problem) => problem.status.as_u16(),
        }
    }

    #[test]
    fn an_object_has_exactly_the_keys() {
        for (body, want) in [
            (r#" {"name":1e999,"password":null} "#, 200),
            (r#"{"n\u0061me":"a","password":"b"}"#, 200),
            (r#"{"name":"a"}"#, 422),
            (r#"{"name":"a","password":"b","x":1}"#, 422),
            (r#"{"Name":"a","password":"b"}"#, 422),
            (r#"{"\ud83d":"a","password":"b"}"#, 422),
            ("[]", 422),
            ("7", 422),
            ("", 400),
            (r#"{"name":"a","password":"b"}}"#, 400),
            (r#"{"name":NaN,"password":"b"}"#, 400),
            (r#"{"name":"a","password":01}"#, 400),
            ("\u{feff}{}", 400),
        ] {
            assert_eq!(status(body), want, "{body}");
        }
        assert_eq!(status(&format!(r#"{{"name":{}{},"password":1}}"#, "[".repeat(9000), "]".repeat(9000))), 200);
        assert_eq!(Object::parse(b"\"\xff\"", &[]).unwrap_err().status.as_u16(), 400);
    }

    #[test]
    fn strings_count_code_points_and_the_last_of_two_counts() {
        let object = Object::parse(br#"{"name":"x","name":"\ud83d\ud83d\ude00\u00e9"}"#, &["name"]).unwrap();
        assert_eq!(object.text("name", 3, 3), Ok("\u{fffd}\u{1f600}é".to_owned()));
        assert!(object.text("name", 4, 9).is_err());
        assert!(Object::parse(br#"{"name":5}"#, &["name"]).unwrap().text("name", 1, 9).is_err());
        assert!(Object::parse(br#"{"name":[97]}"#, &["name"]).unwrap().text("name", 1, 9).is_err());
    }

    #[test]
    fn ids_are_an_array_of_uuids() {
        let id = "0190a0b0-c0d0-7000-8000-00000000000f";
        let ids =
            |value: &str| Object::parse(format!(r#"{{"ids":{value}}}"#).as_bytes(), &["ids"]).unwrap().ids("ids", 2);
        assert_eq!(ids(&format!(r#"["{id}","{id}"]"#)).unwrap().len(), 2);
        for odd in [
            "[]",
            "{}",
            "null",
            "[1]",
            "[[]]",
            r#"["x"]"#,
            &format!(r#""{id}""#),
            &format!(r#"["{id}","{id}","{id}"]"#),
        ] {
            assert_eq!(ids(odd).unwrap_err().status.as_u16(), 422, "{odd}");
        }
    }
}
