//! What do people read? The report of a run, as one file that needs no network and no script.
#![warn(missing_docs)]

#[cfg(feature = "case")]
pub mod case;
#[cfg(feature = "case")]
pub mod leak;
#[cfg(feature = "case")]
pub mod pdf;
#[cfg(feature = "case")]
pub mod redaction;
mod report;

pub use report::report_html;
