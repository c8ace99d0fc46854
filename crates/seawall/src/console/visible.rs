//! How is content of any sort shown on a terminal without harm? Lines as they are, all that could steer it as escapes.

use std::io::{self, Write};

use seawall_charts::text::visible;

/// Shows what is written to it.
pub(super) struct Visible<W> {
    out: W,
    /// The begin of a character whose end has not come yet.
    held: Vec<u8>,
}

impl<W: Write> Visible<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, held: Vec::new() }
    }

    /// Shows what was held back.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        self.escaped(&held)
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        for piece in text.split_inclusive(['\n', '\t']) {
            let shown = piece.trim_end_matches(['\n', '\t']);
            // Six letters is the longest that one is counted as: nothing is cut off.
            self.out.write_all(visible(shown, 6 * shown.len()).as_bytes())?;
            self.out.write_all(&piece.as_bytes()[shown.len()..])?;
        }
        Ok(())
    }

    fn escaped(&mut self, bytes: &[u8]) -> io::Result<()> {
        bytes.iter().try_for_each(|byte| write!(self.out, "\\x{byte:02x}"))
    }
}

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        let mut bytes = std::mem::take(&mut self.held);
        bytes.extend_from_slice(content);
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.text(chunk.valid())?;
            let is_cut_off =
                str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
            if is_cut_off && chunks.peek().is_none() {
                self.held = chunk.invalid().to_vec();
            } else {
                self.escaped(chunk.invalid())?;
            }
        }
        Ok(content.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(content: &[u8], piece: usize) -> String {
        let mut out = Vec::new();
        let mut visible = Visible::new(&mut out);
        for piece in content.chunks(piece) {
            visible.write_all(piece).expect("memory");
        }
        visible.finish().expect("memory");
        String::from_utf8(out).expect("text")
    }

    /// However the content is cut into pieces.
    #[test]
    fn nothing_steers_the_terminal_and_nothing_is_lost() {
        let content = "a\tprice: 5 €\n\u{1b}[2Jgone\r\n\u{202e}abc\0".as_bytes();
        let content = [content, b"\xff\xfe end \xe2\x82"].concat();
        let expected =
            "a\tprice: 5 €\n\\u{1b}[2Jgone\\u{d}\n\\u{202e}abc\\u{0}\\xff\\xfe end \\xe2\\x82";
        for piece in 1..content.len() {
            assert_eq!(shown(&content, piece), expected, "{piece}");
        }
    }
}
