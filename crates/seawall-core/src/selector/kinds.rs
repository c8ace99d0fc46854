//! How is each kind of selector derived? A folder for each family, a file for each kind.

pub(super) mod action;
pub(super) mod challenge;
pub(super) mod device;
pub(super) mod domain;
pub(super) mod name;
pub(super) mod network;
pub(super) mod payment;
pub(super) mod phone;
pub(super) mod recovery;
pub(super) mod referral;
pub(super) mod timing;
