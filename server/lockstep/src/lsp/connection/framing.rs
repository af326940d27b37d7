//! Frames of the base protocol: header lines, a blank line, a body of `Content-Length` bytes.
//! Knows nothing of JSON.
//!
//! No fault is final. After one, the reader looks for the next line that ends in
//! `Content-Length: <digits>`. That line break cannot stand inside a JSON string, where line breaks
//! are escaped, so the text of a document is never taken for a header.

use std::fmt;
use std::io;

use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

const HEADER_LIMIT: usize = 16 * 1024;
const BUFFER: usize = 64 * 1024;
/// A body buffer larger than this is given back after its message.
const KEPT_BODY: usize = 1024 * 1024;
/// Holds `Content-Length: ` and any length, with room for spaces.
const HEADER_TAIL: usize = 128;
const LENGTH_NAME: &[u8] = b"content-length";

/// What `FrameReader::next` found.
#[derive(Debug)]
pub(in crate::lsp) enum Frame<'a> {
    /// The bytes of one body.
    Body(&'a [u8]),
    /// Bytes that are no frame; the next call looks for the next frame.
    Fault(FrameFault),
}

/// Why bytes are not a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lsp) enum FrameFault {
    /// A header block without `Content-Length`.
    LengthMissing,
    /// A `Content-Length` that is no number.
    LengthUnreadable(String),
    /// A body over the limit.
    BodyTooLarge { length: u64, limit: u64 },
    /// A header block over its limit.
    HeadersTooLarge,
}

impl fmt::Display for FrameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FrameFault::LengthMissing => write!(f, "the header has no Content-Length"),
            FrameFault::LengthUnreadable(value) => {
                write!(f, "Content-Length is not a number: {value:?}")
            }
            FrameFault::BodyTooLarge { length, limit } => {
                write!(f, "a message of {length} bytes is over the limit of {limit}")
            }
            FrameFault::HeadersTooLarge => {
                write!(f, "the header is over the limit of {HEADER_LIMIT} bytes")
            }
        }
    }
}

/// Reads frames from a byte stream.
#[derive(Debug)]
pub(in crate::lsp) struct FrameReader<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    body: Vec<u8>,
    body_limit: u64,
    /// Whether bytes are being skipped until the next `Content-Length`.
    lost: bool,
}

enum HeaderLine {
    Complete,
    TooLong,
    EndOfInput,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// A reader which accepts bodies of at most `body_limit` bytes.
    pub(in crate::lsp) fn new(input: R, body_limit: usize) -> FrameReader<R> {
        FrameReader {
            input: BufReader::with_capacity(BUFFER, input),
            line: Vec::new(),
            body: Vec::new(),
            body_limit: u64::try_from(body_limit).unwrap_or(u64::MAX),
            lost: false,
        }
    }

    /// The next frame or fault; `None` at the end of the input, also in the middle of a frame.
    pub(in crate::lsp) async fn next(&mut self) -> io::Result<Option<Frame<'_>>> {
        match self.header().await? {
            None => Ok(None),
            Some(Err(fault)) => {
                self.lost = true;
                Ok(Some(Frame::Fault(fault)))
            }
            Some(Ok(length)) => {
                self.lost = false;
                Ok(self.read_body(length).await?.then_some(Frame::Body(&self.body)))
            }
        }
    }

    /// The length of the next body; the input stands before its first byte.
    async fn header(&mut self) -> io::Result<Option<Result<u64, FrameFault>>> {
        let mut length = None;
        let mut block_size = 0;
        loop {
            match self.read_line().await? {
                HeaderLine::EndOfInput => return Ok(None),
                HeaderLine::TooLong if self.lost => {
                    // What follows a length but is no header proves that it was none either.
                    length = None;
                    continue;
                }
                HeaderLine::TooLong => return Ok(Some(Err(FrameFault::HeadersTooLarge))),
                HeaderLine::Complete => {}
            }
            let line = std::mem::take(&mut self.line);
            let is_blank = line.trim_ascii().is_empty();
            block_size += line.len();
            if !is_blank {
                match content_length(&line) {
                    Some(Ok(found)) => {
                        length = Some(found);
                        // What stood before the length on its line is no header.
                        block_size = 0;
                    }
                    Some(Err(fault)) if !self.lost => return Ok(Some(Err(fault))),
                    _ => {}
                }
            }
            self.line = line;
            self.line.clear();

            match length {
                Some(length) if is_blank && length > self.body_limit => {
                    let limit = self.body_limit;
                    return Ok(Some(Err(FrameFault::BodyTooLarge { length, limit })));
                }
                Some(length) if is_blank => return Ok(Some(Ok(length))),
                None if self.lost => block_size = 0,
                // A line break before a header block is no block of its own.
                None if is_blank && block_size <= 2 => block_size = 0,
                None if is_blank => return Ok(Some(Err(FrameFault::LengthMissing))),
                _ if block_size > HEADER_LIMIT => {
                    return Ok(Some(Err(FrameFault::HeadersTooLarge)));
                }
                _ => {}
            }
        }
    }

    /// Appends to `self.line` up to and including a line feed. Of a line that is too long it
    /// keeps the end, in which a length can still be found.
    async fn read_line(&mut self) -> io::Result<HeaderLine> {
        loop {
            let chunk = self.input.fill_buf().await?;
            if chunk.is_empty() {
                return Ok(HeaderLine::EndOfInput);
            }
            let line_end = chunk.iter().position(|&byte| byte == b'\n');
            let used = line_end.map_or(chunk.len(), |at| at + 1);
            self.line.extend_from_slice(&chunk[..used]);
            self.input.consume(used);
            if line_end.is_some() {
                return Ok(HeaderLine::Complete);
            }
            if self.line.len() > HEADER_LIMIT {
                self.line.drain(..self.line.len() - HEADER_TAIL);
                return Ok(HeaderLine::TooLong);
            }
        }
    }

    /// Fills `self.body`; `false` when the input ends first.
    async fn read_body(&mut self, length: u64) -> io::Result<bool> {
        self.body.clear();
        self.body.shrink_to(KEPT_BODY);
        // `read_to_end` grows the buffer as bytes arrive: a header alone costs no memory.
        (&mut self.input).take(length).read_to_end(&mut self.body).await?;
        Ok(u64::try_from(self.body.len()).is_ok_and(|read| read == length))
    }
}

/// The length a header line announces; `None` for every other line.
///
/// The header may follow bytes of a body, which happens when that body is longer than announced.
fn content_length(line: &[u8]) -> Option<Result<u64, FrameFault>> {
    let colon = line.iter().rposition(|&byte| byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    let start = name.len().checked_sub(LENGTH_NAME.len())?;
    if !name[start..].eq_ignore_ascii_case(LENGTH_NAME) {
        return None;
    }
    let before = name[..start].last();
    if before.is_some_and(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return None;
    }
    let value = line[colon + 1..].trim_ascii();
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        let value = String::from_utf8_lossy(value).into_owned();
        return Some(Err(FrameFault::LengthUnreadable(value)));
    }
    let length = value.iter().fold(0u64, |length, digit| {
        length.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
    });
    Some(Ok(length))
}

/// Appends `message` to `out` as one frame.
pub(in crate::lsp) fn encode(
    message: &impl Serialize,
    out: &mut Vec<u8>,
) -> serde_json::Result<()> {
    frame(&[serde_json::to_vec(message)?], out);
    Ok(())
}

/// Appends a body, which may come in pieces, to `out` as one frame.
pub(in crate::lsp) fn frame(body: &[impl AsRef<[u8]>], out: &mut Vec<u8>) {
    let length: usize = body.iter().map(|piece| piece.as_ref().len()).sum();
    let header = format!("Content-Length: {length}\r\n\r\n");
    out.reserve(header.len() + length);
    out.extend_from_slice(header.as_bytes());
    body.iter().for_each(|piece| out.extend_from_slice(piece.as_ref()));
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 100;

    /// Every frame of `bytes`, bodies as text, faults as their message.
    async fn frames(bytes: &[u8]) -> Vec<String> {
        let mut reader = FrameReader::new(bytes, LIMIT);
        let mut found = Vec::new();
        while let Some(frame) = reader.next().await.expect("slices do not fail") {
            found.push(match frame {
                Frame::Body(body) => String::from_utf8_lossy(body).into_owned(),
                Frame::Fault(fault) => format!("! {fault}"),
            });
        }
        found
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn header_names_are_case_insensitive_and_there_may_be_many() {
        let mut input = String::from("content-LENGTH : 2\r\n");
        for n in 0..100 {
            input.push_str(&format!("X-Header-{n}: {n}\r\n"));
        }
        input.push_str("\r\nab");
        input.push_str("Content-Type: x; charset=utf-8\nContent-Length:2\n\ncd");
        assert_eq!(frames(input.as_bytes()).await, ["ab", "cd"]);
    }

    #[tokio::test]
    async fn a_header_that_only_ends_in_the_name_is_another_header() {
        let input = "X-Content-Length: 9\r\nContent-Length: 1\r\n\r\na";
        assert_eq!(frames(input.as_bytes()).await, ["a"]);
    }

    #[tokio::test]
    async fn a_missing_length_costs_only_its_message() {
        let input = format!("Content-Type: x\r\n\r\n{{\"a\":1}}{}", framed("ok"));
        assert_eq!(frames(input.as_bytes()).await, ["! the header has no Content-Length", "ok"]);
    }

    #[tokio::test]
    async fn an_unreadable_length_costs_only_its_message() {
        for value in ["", "-1", "1e3", "9 9", "abc"] {
            let input = format!("Content-Length: {value}\r\n\r\n{{\"a\":1}}{}", framed("ok"));
            let fault = format!("! Content-Length is not a number: {value:?}");
            assert_eq!(frames(input.as_bytes()).await, [fault.as_str(), "ok"]);
        }
    }

    #[tokio::test]
    async fn an_absurd_length_is_a_fault_and_the_next_message_is_read() {
        for length in ["101", "18446744073709551615", "99999999999999999999999999"] {
            let input = format!("Content-Length: {length}\r\n\r\n{{\"a\":1}}{}", framed("ok"));
            let found = frames(input.as_bytes()).await;
            assert!(found[0].starts_with("! a message of "), "{found:?}");
            assert_eq!(found[1..], ["ok"]);
        }
    }

    #[tokio::test]
    async fn an_oversized_body_that_quotes_a_header_is_skipped_whole() {
        let quoted =
            format!("{{\"text\":\"Content-Length: 5\\r\\n\\r\\n{}\"}}", "x".repeat(40_000));
        let input = format!("{}{}", framed(&quoted), framed("ok"));
        let found = frames(input.as_bytes()).await;
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[1], "ok");
    }

    #[tokio::test]
    async fn a_length_in_skipped_text_that_is_no_header_is_forgotten() {
        let body = format!("Content-Length: 3\n{}", "x".repeat(200_000));
        let input = format!("{}\n\n{}", framed(&body), framed("ok"));
        let mut reader = FrameReader::new(Trickle(input.into_bytes()), LIMIT);
        assert!(matches!(reader.next().await, Ok(Some(Frame::Fault(_)))));
        assert!(matches!(reader.next().await, Ok(Some(Frame::Body(b"ok")))));
    }

    #[tokio::test]
    async fn a_header_cut_by_the_line_limit_is_still_found() {
        for padding in HEADER_LIMIT - 40..HEADER_LIMIT + 40 {
            let input = format!("{}}}{}", "x".repeat(padding), framed("ok"));
            let mut reader = FrameReader::new(Trickle(input.into_bytes()), LIMIT);
            loop {
                match reader.next().await.expect("memory does not fail") {
                    Some(Frame::Body(body)) => break assert_eq!(body, b"ok"),
                    Some(Frame::Fault(_)) => {}
                    None => panic!("the frame after {padding} bytes is lost"),
                }
            }
        }
    }

    #[tokio::test]
    async fn headers_over_the_limit_are_a_fault() {
        let input = format!("{}\r\n{}", "X: y\r\n".repeat(4000), framed("ok"));
        let fault = "! the header is over the limit of 16384 bytes";
        assert_eq!(frames(input.as_bytes()).await, [fault, "ok"]);
    }

    #[tokio::test]
    async fn a_body_longer_than_announced_costs_only_itself() {
        let input = format!("Content-Length: 3\r\n\r\nabcdef}}{}", framed("ok"));
        assert_eq!(frames(input.as_bytes()).await, ["abc", "ok"]);
    }

    #[tokio::test]
    async fn an_empty_body_is_a_body_and_line_breaks_between_frames_are_none() {
        let input = format!("Content-Length: 0\r\n\r\n\r\n\n{}", framed("ok"));
        assert_eq!(frames(input.as_bytes()).await, ["", "ok"]);
    }

    #[tokio::test]
    async fn input_that_ends_in_a_frame_is_the_end() {
        assert!(frames(b"Content-Len").await.is_empty());
        assert!(frames(b"Content-Length: 5\r\n").await.is_empty());
        assert!(frames(b"Content-Length: 5\r\n\r\nab").await.is_empty());
    }

    #[tokio::test]
    async fn what_is_encoded_reads_back() {
        let mut bytes = Vec::new();
        encode(&"é", &mut bytes).expect("strings serialise");
        encode(&7, &mut bytes).expect("numbers serialise");
        assert_eq!(frames(&bytes).await, ["\"é\"", "7"]);
    }

    /// Gives a hundred bytes at a time.
    struct Trickle(Vec<u8>);

    impl AsyncRead for Trickle {
        fn poll_read(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
            buffer: &mut tokio::io::ReadBuf<'_>,
        ) -> std::task::Poll<io::Result<()>> {
            if !self.0.is_empty() {
                let n_given = self.0.len().min(100);
                buffer.put_slice(&self.0[..n_given]);
                self.0.drain(..n_given);
            }
            std::task::Poll::Ready(Ok(()))
        }
    }
}
