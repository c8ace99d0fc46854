//! Do the documents of a case say, show and hide what they should? Whole documents, through the public interface.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests, which fail and skip loudly"
)]

mod case_documents;
mod hostile;
mod leaks;
mod paper;
mod sample;
mod tools;
