//! Which seals are there, and how is a time-stamp of one written down? Only once it has been checked.

use seawall_evidence::{
    custody::{Act, Action, SealBody},
    hash::Digest,
    item::{ContentClass, ItemKind, Origin},
    seal::Seal,
    time_stamp::{self, Stamp},
};

use crate::{
    case::{Acting, Desk, Intake, items, read_seal, value},
    config::Authority,
    failure::{Exit, Failure},
    lookup,
};

/// Each seal as its latest entry has it, in the order they were made.
pub(super) fn bodies(desk: &Desk) -> Result<Vec<SealBody>, Failure> {
    let mut bodies: Vec<SealBody> = Vec::new();
    for entry in &desk.entries {
        if entry.action != Action::Seal {
            continue;
        }
        let body: SealBody = entry.body()?;
        match bodies.iter_mut().find(|known| known.id == body.id) {
            Some(known) => *known = body,
            None => bodies.push(body),
        }
    }
    Ok(bodies)
}

/// The seal that a body speaks of.
pub(super) fn seal_of(desk: &Desk, body: &SealBody) -> Result<Seal, Failure> {
    read_seal(&desk.vault, body.note_sha256)
}

/// A time-stamp that has been checked, and by whose certificates.
pub(super) struct Checked {
    pub(super) token: Vec<u8>,
    pub(super) stamp: Stamp,
    pub(super) source: String,
    pub(super) believed: Vec<Vec<u8>>,
}

/// What came of asking every authority for one seal.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) checked: Vec<Checked>,
    /// By whom it was not dated, and why.
    pub(super) failed: Vec<(String, Failure)>,
}

/// Asks each authority that has not dated the seal yet. `late` takes a date that a verifier will flag.
pub(super) fn ask(
    desk: &mut Desk,
    body: &SealBody,
    authorities: &[Authority],
    late: bool,
) -> Result<Asked, Failure> {
    let seal = seal_of(desk, body)?;
    let mut asked = Asked::default();
    for authority in authorities {
        let believed = authority.believed()?;
        if is_dated(desk, body, &believed)? {
            continue;
        }
        match ask_one(desk, body, &seal, authority, &believed, late) {
            Ok((token, stamp)) => {
                let source = authority.url.clone();
                asked.checked.push(Checked { token, stamp, source, believed });
            }
            Err(failure) => asked.failed.push((authority.url.clone(), failure)),
        }
    }
    Ok(asked)
}

/// Whether one of the time-stamps that the seal has is by an authority with these certificates.
fn is_dated(desk: &Desk, body: &SealBody, believed: &[Vec<u8>]) -> Result<bool, Failure> {
    for token in &body.time_stamps {
        let token = desk.vault.read(*token, time_stamp::BYTES_MAX)?;
        if time_stamp::verify(&token, body.note_sha256, None, believed).is_ok() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn ask_one(
    desk: &mut Desk,
    body: &SealBody,
    seal: &Seal,
    authority: &Authority,
    believed: &[Vec<u8>],
    late: bool,
) -> Result<(Vec<u8>, Stamp), Failure> {
    let nonce = nonce(desk);
    let request = time_stamp::request(body.note_sha256, nonce);
    let token = lookup::time_stamp(&authority.url, &request)?;
    let stamp = time_stamp::verify(&token, body.note_sha256, Some(nonce), believed)?;
    near(&stamp, seal, late)?;
    Ok((token, stamp))
}

/// A number that an authority sends back, so that an old answer is no answer.
pub(super) fn nonce(desk: &mut Desk) -> [u8; 8] {
    rand::Rng::next_u64(&mut desk.chance).to_be_bytes()
}

/// A date far from when the seal says it was made is a finding for ever: it is taken only on purpose.
pub(super) fn near(stamp: &Stamp, seal: &Seal, late: bool) -> Result<(), Failure> {
    match stamp.near(seal.created) {
        Err(error) if !late => Err(Failure::new(
            Exit::Conflict,
            format!(
                "{error}\nhint: every verifier flags it. Seal the items anew and have that dated; or take it with --late"
            ),
        )),
        _ => Ok(()),
    }
}

/// Writes time-stamps down, with the certificates that they are believed by; the seal as it is now.
pub(super) fn write(
    desk: &mut Desk,
    body: &SealBody,
    checked: &[Checked],
    acting: &Acting,
) -> Result<SealBody, Failure> {
    desk.tick(acting.at.as_deref())?;
    let mut body = body.clone();
    let mut acts = Vec::new();
    let mut known: Vec<Digest> = items(&desk.entries).map(|item| item.sha256).collect();
    for one in checked {
        let intake = receipt(ItemKind::Receipt, "application/timestamp-reply", &one.source);
        let intake = Intake { reason: "a time-stamp of a seal".to_owned(), ..intake };
        let (item, taken) = desk.take(&intake, &mut one.token.as_slice())?;
        body.time_stamps.push(item.sha256);
        known.push(item.sha256);
        acts.push(taken);
        for certificate in &one.believed {
            let sha256 = Digest::of(certificate);
            if known.contains(&sha256) {
                continue;
            }
            let kind = ItemKind::TrustedCertificate;
            let intake = receipt(kind, "application/pkix-cert", "the settings of this program");
            let reason = format!("by it, time-stamps from {} are believed", one.source);
            let intake = Intake { reason, action: Action::Import, ..intake };
            acts.push(desk.take(&intake, &mut certificate.as_slice())?.1);
            known.push(sha256);
        }
    }
    acts.push(Act {
        object_sha256: Some(body.note_sha256),
        body: Some(value(&body)?),
        ..desk.act(Action::Seal, body.id.clone(), "time-stamped")?
    });
    desk.write(acts)?;
    Ok(body)
}

fn receipt(kind: ItemKind, media_type: &str, source: &str) -> Intake {
    Intake {
        action: Action::Receive,
        origin: Origin::ThirdParty,
        content_class: ContentClass::Public,
        method: "received from outside".to_owned(),
        ..Intake::derived(kind, media_type, source, Vec::new())
    }
}

/// What to say of the dates of a seal.
pub(super) fn dates(checked: &[Checked]) -> Vec<String> {
    checked
        .iter()
        .map(|one| format!("{} by {} ({})", one.stamp.time, one.stamp.authority, one.source))
        .collect()
}
