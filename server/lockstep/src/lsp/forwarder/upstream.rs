//! A server, as bytes in two directions: the daemon's, or one in this process.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::daemon::dial::DaemonLink;
use crate::hub::Hub;
use crate::lsp::connection::ConnectionOptions;
use crate::lsp::connection::framing::{FrameReader, frame};
use crate::lsp::outstanding::Outstanding;
use crate::lsp::server;

/// Room for what an editor and its server have to say to each other at a time.
const PIPE: usize = 256 * 1024;

/// A connection to a server.
pub(super) struct Upstream {
    /// The process that serves, where that is another one.
    pub(super) process: Option<u32>,
    /// Edits that the editor is still to be asked for, where that is known.
    pub(super) edits: Outstanding,
    /// What it says.
    pub(super) down: Download,
    /// What it hears.
    pub(super) up: Upload,
}

/// What a server says.
pub(super) type Download = FrameReader<Box<dyn AsyncRead + Send + Unpin>>;

/// What a server hears.
pub(super) struct Upload {
    output: Box<dyn AsyncWrite + Send + Unpin>,
    bytes: Vec<u8>,
}

impl Upstream {
    /// The daemon's server.
    pub(super) fn daemon(link: DaemonLink) -> Upstream {
        let process = Some(link.welcome.pid);
        Upstream { process, ..Upstream::over(link.input, link.output) }
    }

    /// A server in this process, for this editor alone.
    pub(super) fn own() -> Upstream {
        let (input, server_output) = tokio::io::duplex(PIPE);
        let (server_input, output) = tokio::io::duplex(PIPE);
        let options = ConnectionOptions::default();
        let edits = options.edits.clone();
        tokio::spawn(async move {
            server::serve_with(&Hub::start(), server_input, server_output, options).await
        });
        Upstream { edits, ..Upstream::over(input, output) }
    }

    /// A server behind two streams.
    pub(super) fn over(
        input: impl AsyncRead + Send + Unpin + 'static,
        output: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Upstream {
        let down =
            FrameReader::new(Box::new(input) as Box<dyn AsyncRead + Send + Unpin>, usize::MAX);
        let up = Upload { output: Box::new(output), bytes: Vec::new() };
        Upstream { process: None, edits: Outstanding::default(), down, up }
    }
}

impl Upload {
    /// Says one message.
    pub(super) async fn write(&mut self, body: &[u8]) -> io::Result<()> {
        self.bytes.clear();
        frame(&[body], &mut self.bytes);
        self.output.write_all(&self.bytes).await?;
        self.output.flush().await
    }
}
