//! What do people read? The report of a run, as one file that needs no network and no script.
#![warn(missing_docs)]

pub mod pdf;
mod report;

pub use report::report_html;
