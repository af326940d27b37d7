//! A
pub mod rewrite;
use crate::syntax::SyntaxError; use crate::text::TextRange;
/// A
#[derive(Debug, Clone)] pub struct Json { /// A
 pub root: Option<JsonValue>, /// A
 pub problems: Vec<SyntaxError> }
/// A
#[derive(Debug, Clone)] pub struct JsonValue { /// A
pub range: TextRange, /// A
pub kind: JsonKind }
/// A
#[derive(Debug, Clone)] pub enum JsonKind { /// A
Null, /// A
Bool(bool), /// A
Number, /// A
String(String), /// A
Array(Vec<JsonValue>), /// A
Object(Vec<JsonMember>), /// A
Invalid }
/// A
#[derive(Debug, Clone)] pub struct JsonMember { /// A
pub key: String, /// A
pub key_range: TextRange, /// A
pub value: JsonValue, /// A
pub range: TextRange }
impl Json { /// A
pub fn parse(_t: &str) -> Json { Json { root: None, problems: vec![] } } }
impl JsonValue { /// A
pub fn get(&self, k: &str) -> Option<&JsonValue> { self.members().iter().rev().find(|m| m.key == k).map(|m| &m.value) }
/// A
pub fn members(&self) -> &[JsonMember] { match &self.kind { JsonKind::Object(m) => m, _ => &[] } }
/// A
pub fn as_str(&self) -> Option<&str> { match &self.kind { JsonKind::String(s) => Some(s), _ => None } }
/// A
pub fn as_integer(&self, t: &str) -> Option<i64> { self.range.of(t).parse().ok() } }
