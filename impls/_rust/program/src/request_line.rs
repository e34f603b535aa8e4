use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Whether the request line that began after the last answer has a fragment. hyper's Uri drops fragments without a word; the contracts refuse them.
#[derive(Clone, Default)]
pub(crate) struct RequestLine(Arc<Flags>);

#[derive(Default)]
struct Flags {
    /// The line's end, or a fragment, has been seen.
    is_known: AtomicBool,
    has_fragment: AtomicBool,
}

impl RequestLine {
    pub(crate) fn has_fragment(&self) -> bool {
        self.0.has_fragment.load(Ordering::Relaxed)
    }

    /// The next bytes belong to another request.
    pub(crate) fn begin(&self) {
        self.0.has_fragment.store(false, Ordering::Relaxed);
        self.0.is_known.store(false, Ordering::Relaxed);
    }

    fn look_at(&self, bytes: &[u8]) {
        if self.0.is_known.load(Ordering::Relaxed) {
            return;
        }
        let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len());
        if let Some(&found) = bytes[start..].iter().find(|byte| matches!(byte, b'\n' | b'#')) {
            self.0.has_fragment.store(found == b'#', Ordering::Relaxed);
            self.0.is_known.store(true, Ordering::Relaxed);
        }
    }
}

/// A connection whose request lines are looked at. Of requests sent ahead of an answer only the first line is.
pub(crate) struct Watched<S> {
    pub(crate) stream: S,
    pub(crate) line: RequestLine,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read_before = into.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, into);
        self.line.look_at(&into.filled()[read_before..]);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment_in(reads: &[&str]) -> bool {
        let line = RequestLine::default();
        for read in reads {
            line.look_at(read.as_bytes());
        }
        line.has_fragment()
    }

    #[test]
    fn a_fragment_is_found_in_the_request_line_alone() {
        assert!(fragment_in(&["GET /health#x HTTP/1.1\r\n"]));
        assert!(fragment_in(&["\r\nGET /hea", "lth#x HTTP/1.1\r\n"]));
        assert!(!fragment_in(&["GET / HTTP/1.1\r\nX: #\r\n"]));
        assert!(!fragment_in(&["GET / HTTP/1.1\r\n", "\r\n#"]));
    }

    #[test]
    fn each_request_has_a_line_of_its_own() {
        let line = RequestLine::default();
        line.look_at(b"GET /#x HTTP/1.1\r\n");
        line.begin();
        line.look_at(b"GET / HTTP/1.1\r\n#");
        assert!(!line.has_fragment());
    }
}
