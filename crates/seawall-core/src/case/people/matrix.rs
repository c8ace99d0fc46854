//! Which role has which right? One table, and who must approve.

use super::{Power, Right, Role};

const NO: Right = Right::No;
const ACT: Right = Right::Act;
const PURPOSE: Right = Right::ActForPurpose;
const PROPOSE: Right = Right::Propose;
const APPROVE: Right = Right::Approve;
const BOTH: Right = Right::ProposeOrApprove;

/// Rights by power; columns in the order of [`Role::ALL`]: analyst, lead, custodian, enforcement operator,
/// counsel, privacy, liaison, auditor, admin, outside.
#[rustfmt::skip]
pub const MATRIX: [(Power, [Right; 10]); 18] = [
    (Power::AddEvidence,  [ACT,     ACT,     ACT,     NO,      ACT,  NO,      ACT,  NO,  NO,   NO]),
    (Power::Prepare,      [ACT,     ACT,     NO,      NO,      ACT,  NO,      ACT,  NO,  NO,   NO]),
    (Power::Seal,         [NO,      NO,      ACT,     NO,      NO,   NO,      NO,   NO,  NO,   NO]),
    (Power::Dispose,      [NO,      PROPOSE, PROPOSE, NO,      APPROVE, APPROVE, NO, NO, NO,   NO]),
    (Power::Reveal,       [PURPOSE, PURPOSE, NO,      PURPOSE, ACT,  ACT,     NO,   NO,  NO,   NO]),
    (Power::Unmask,       [NO,      PROPOSE, NO,      NO,      BOTH, APPROVE, NO,   NO,  NO,   NO]),
    (Power::Attribute,    [PROPOSE, BOTH,    NO,      NO,      BOTH, NO,      NO,   NO,  NO,   NO]),
    (Power::Advance,      [NO,      PROPOSE, NO,      NO,      BOTH, NO,      NO,   NO,  NO,   NO]),
    (Power::Release,      [NO,      PROPOSE, NO,      NO,      BOTH, APPROVE, NO,   NO,  NO,   NO]),
    (Power::Send,         [PROPOSE, PROPOSE, NO,      NO,      BOTH, APPROVE, BOTH, NO,  NO,   NO]),
    (Power::Bulk,         [NO,      PROPOSE, NO,      PROPOSE, BOTH, APPROVE, NO,   NO,  NO,   NO]),
    (Power::Halt,         [ACT,     ACT,     ACT,     ACT,     ACT,  ACT,     ACT,  ACT, ACT,  NO]),
    (Power::PlaceHold,    [NO,      ACT,     ACT,     NO,      ACT,  NO,      NO,   NO,  NO,   NO]),
    (Power::ReleaseHold,  [NO,      PROPOSE, NO,      NO,      BOTH, APPROVE, NO,   NO,  NO,   NO]),
    (Power::ReadEvidence, [ACT,     ACT,     ACT,     PURPOSE, ACT,  ACT,     ACT,  ACT, NO,   NO]),
    (Power::ReadLog,      [ACT,     ACT,     ACT,     ACT,     ACT,  ACT,     ACT,  ACT, ACT,  NO]),
    (Power::ManagePeople, [NO,      NO,      NO,      NO,      NO,   NO,      NO,   NO,  ACT,  NO]),
    (Power::RotateKeys,   [NO,      NO,      BOTH,    NO,      NO,   NO,      NO,   NO,  NO,   NO]),
];

/// Who has to approve: one list of alternatives for each approval. Empty where one person suffices.
pub const fn needed(power: Power, personal_data: bool) -> &'static [&'static [Role]] {
    match power {
        Power::Unmask => &[&[Role::Counsel], &[Role::Privacy]],
        Power::Attribute => &[&[Role::Lead, Role::Counsel]],
        Power::Release if personal_data => &[&[Role::Counsel], &[Role::Privacy]],
        Power::Advance | Power::Release => &[&[Role::Counsel]],
        Power::Send if personal_data => &[&[Role::Counsel, Role::Liaison], &[Role::Privacy]],
        Power::Send => &[&[Role::Counsel, Role::Liaison]],
        Power::Dispose | Power::ReleaseHold | Power::Bulk => &[&[Role::Counsel, Role::Privacy]],
        Power::RotateKeys => &[&[Role::Custodian]],
        _ => &[],
    }
}
