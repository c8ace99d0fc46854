//! Is what was acknowledged still there, whatever breaks?

mod checkpoint;
mod group;
mod journal;
mod objects;
mod s3;
mod tables;
