//! Floor 0: the name of a transaction.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};

/// The name of a transaction: 16 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TxId(String);

impl TxId {
    /// A name that no other transaction has.
    pub fn random() -> TxId {
        // Every `RandomState` has keys of its own.
        TxId(format!("{:016x}", RandomState::new().build_hasher().finish()))
    }

    /// Reads a name; `None` where it is none.
    pub fn parse(text: &str) -> Option<TxId> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 16 && text.bytes().all(digit)).then(|| TxId(text.to_string()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
