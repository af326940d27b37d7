//! Floor 0: what identifies the content of a file: its digest and its length.

use std::fmt;

/// Digest and length of some bytes. Equal stamps mean equal bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentStamp {
    /// The BLAKE3 digest.
    pub digest: [u8; 32],
    /// The length in bytes.
    pub len: u64,
}

impl ContentStamp {
    /// The stamp of `bytes`.
    pub fn of(bytes: &[u8]) -> ContentStamp {
        ContentStamp { digest: *blake3::hash(bytes).as_bytes(), len: bytes.len() as u64 }
    }

    /// The digest in hexadecimal digits, 64 of them.
    pub fn hex(&self) -> String {
        blake3::Hash::from_bytes(self.digest).to_hex().to_string()
    }

    /// Reads `<digest>+<length>`, the digest in hexadecimal digits; `None` where it is not that.
    pub(crate) fn parse(text: &str) -> Option<ContentStamp> {
        let (digest, len) = text.split_once('+')?;
        let digest = *blake3::Hash::from_hex(digest).ok()?.as_bytes();
        Some(ContentStamp { digest, len: len.parse().ok()? })
    }
}

impl fmt::Debug for ContentStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.hex().get(..8).unwrap_or_default(), self.len)
    }
}
