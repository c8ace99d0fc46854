//! Do notes, entries, seals, approvals or time-stamps from outside break what reads them?
#![no_main]

use seawall_evidence::{
    approval::Approval,
    custody::{Checkpoint, Entry},
    hash::Digest,
    note::{Note, Signer},
    seal::Seal,
    time_stamp,
};

libfuzzer_sys::fuzz_target!(|content: &[u8]| {
    let signer = Signer::from_seed("log", &[1; 32]).expect("a name without spaces");
    let _ = Checkpoint::open(content, signer.verifier());
    let _ = Seal::read(content);
    let _ = time_stamp::verify(content, Digest::of([]), None, &[content.to_vec()]);
    if let Ok(note) = Note::parse(content) {
        assert_eq!(note.to_string().as_bytes(), content);
        let _ = Approval::read(&note);
    }
    if let Ok(entry) = Entry::parse(content) {
        let _ = entry.check();
        assert_eq!(entry.to_bytes().expect("what was read is written"), content);
    }
});
