//! Do the documents of a case say, show and hide what they should? Whole documents, through the public interface.

mod case_documents;
mod hostile;
mod leaks;
mod paper;
mod sample;
mod tools;
