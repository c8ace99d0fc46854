//! Where does output go? Data to standard output, everything else to standard error.

use std::io::{self, IsTerminal as _, Read, Write};

use anstyle::{AnsiColor, Style};

use crate::failure::Failure;

mod visible;

use visible::Visible;

/// Width where there is no terminal to ask.
const WIDTH_DEFAULT: usize = 120;
const WIDTH_MIN: usize = 60;
/// Wider lines are hard to read.
const WIDTH_MAX: usize = 180;

/// Bold.
pub(crate) const STRONG: Style = Style::new().bold();
/// Less important.
pub(crate) const SOFT: Style = Style::new().dimmed();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const NOTE: Style = AnsiColor::Green.on_default().bold();

/// The two streams and what is known of the terminal.
pub(crate) struct Console {
    out: Box<dyn Write>,
    /// Standard output past all styling.
    exact: Box<dyn Write>,
    /// Whether standard output is a terminal, which content could steer.
    steerable: bool,
    messages: Box<dyn Write>,
    /// Columns of the terminal, or a good guess.
    pub(crate) width: usize,
    /// Whether standard error is a terminal, so that a progress bar makes sense.
    pub(crate) interactive: bool,
}

impl Console {
    /// The console of this process. Styles are left out where `NO_COLOR` or a pipe asks for it.
    pub(crate) fn open() -> Self {
        let width = terminal_size::terminal_size()
            .map_or(WIDTH_DEFAULT, |(width, _)| usize::from(width.0))
            .clamp(WIDTH_MIN, WIDTH_MAX);
        let out = anstream::AutoStream::auto(io::stdout());
        Self {
            out: Box::new(io::BufWriter::new(out)),
            exact: Box::new(io::stdout()),
            steerable: io::stdout().is_terminal(),
            messages: Box::new(anstream::AutoStream::auto(io::stderr())),
            width,
            interactive: io::stderr().is_terminal(),
        }
    }

    /// A console that nobody sees: for work within other work.
    pub(crate) fn silent() -> Self {
        Self {
            out: Box::new(io::sink()),
            exact: Box::new(io::sink()),
            steerable: false,
            messages: Box::new(io::sink()),
            width: WIDTH_DEFAULT,
            interactive: false,
        }
    }

    /// Data.
    pub(crate) fn data(&mut self) -> &mut dyn Write {
        &mut *self.out
    }

    /// Content as it is, byte for byte. A terminal is spared what could steer it: there it is shown as escapes.
    pub(crate) fn content(&mut self, content: &mut dyn Read) -> Result<(), Failure> {
        self.flush()?;
        if self.steerable {
            let mut visible = Visible::new(&mut *self.exact);
            io::copy(content, &mut visible)?;
            visible.finish()?;
        } else {
            io::copy(content, &mut *self.exact)?;
        }
        Ok(self.exact.flush()?)
    }

    /// A line for people beside the data. Data come out first, so that the two do not mix.
    pub(crate) fn note(
        &mut self,
        label: &str,
        text: impl std::fmt::Display,
    ) -> Result<(), Failure> {
        self.flush()?;
        writeln!(self.messages, "{NOTE}{label}{NOTE:#} {text}")?;
        Ok(())
    }

    /// A line of advice.
    pub(crate) fn hint(&mut self, text: impl std::fmt::Display) -> Result<(), Failure> {
        self.flush()?;
        writeln!(self.messages, "{HINT}hint:{HINT:#} {text}")?;
        Ok(())
    }

    /// What went wrong with one of several things, while the others go on.
    pub(crate) fn setback(
        &mut self,
        label: &str,
        what: impl std::fmt::Display,
        failure: &Failure,
    ) -> Result<(), Failure> {
        let (messages, hints) = failure.texts();
        self.note(label, format!("{what}: {}", messages.join(": ")))?;
        hints.iter().try_for_each(|hint| self.hint(hint))
    }

    /// Brings the data out.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }

    /// What went wrong, why, and what can be done about it.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        let (messages, hints) = failure.texts();
        // Where standard error is gone too there is nobody left to tell.
        let _ = self.out.flush();
        for (index, text) in messages.iter().enumerate() {
            let _ = if index == 0 {
                writeln!(self.messages, "{ERROR}error:{ERROR:#} {text}")
            } else {
                writeln!(self.messages, "  because: {text}")
            };
        }
        for text in hints {
            let _ = writeln!(self.messages, "{HINT}hint:{HINT:#} {text}");
        }
    }

    /// A console that keeps what is written.
    #[cfg(test)]
    pub(crate) fn kept(width: usize) -> (Self, Kept, Kept) {
        let (out, messages) = (Kept::default(), Kept::default());
        let console = Self {
            out: Box::new(out.clone()),
            exact: Box::new(out.clone()),
            steerable: false,
            messages: Box::new(messages.clone()),
            width,
            interactive: false,
        };
        (console, out, messages)
    }
}

/// What a test sees, without styles.
#[cfg(test)]
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

#[cfg(test)]
impl Kept {
    pub(crate) fn text(&self) -> String {
        let text = String::from_utf8(self.0.lock().expect("one thread").clone()).expect("UTF-8");
        anstream::adapter::strip_str(&text).to_string()
    }
}

#[cfg(test)]
impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("one thread").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
