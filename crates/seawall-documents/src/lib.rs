//! What do people read? The report of a run, as one file that needs no network and no script.
#![warn(missing_docs)]

pub mod case;
pub mod leak;
pub mod pdf;
pub mod redaction;
mod report;

pub use report::report_html;
