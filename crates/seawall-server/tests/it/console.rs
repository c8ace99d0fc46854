//! Does the console keep its word, over HTTP, as a browser sees it?

mod access;
mod actions;
mod cases;
mod desk;
mod hostile;
mod kept_cases;
mod looking;
mod matrix;
mod models;
mod openid;
mod passkeys;
mod receiving;
mod review;
mod runs;
