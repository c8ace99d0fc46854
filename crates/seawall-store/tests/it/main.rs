//! Is what was acknowledged still there, whatever breaks?

mod group;
mod journal;
mod objects;
mod s3;
