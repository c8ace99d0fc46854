//! Does the console keep its word, over HTTP, as a browser sees it?

mod access;
mod cases;
mod desk;
mod hostile;
mod kept_cases;
mod looking;
mod matrix;
mod review;
mod runs;
