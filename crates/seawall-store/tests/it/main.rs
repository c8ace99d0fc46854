//! Is what was acknowledged still there, whatever breaks?

mod group;
mod journal;
mod tables;
