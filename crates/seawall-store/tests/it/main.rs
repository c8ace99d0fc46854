//! Is what was acknowledged still there, whatever breaks?

mod checkpoint;
mod group;
mod journal;
mod tables;
