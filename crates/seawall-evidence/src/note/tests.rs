//! Do notes agree with those of the Go implementation, and is each change noticed?

use proptest::prelude::*;

use super::*;

/// From the tests of `golang.org/x/mod/sumdb/note`, which the format was drawn from.
const VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SIGNER: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n";
const SIGNATURE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn signer(name: &str, seed: u8) -> Signer {
    Signer::from_seed(name, &[seed; 32]).unwrap()
}

#[test]
fn published_note() {
    let signer = Signer::from_secret_text(SIGNER).unwrap();
    let verifier: Verifier = VERIFIER.parse().unwrap();
    assert_eq!(signer.verifier(), &verifier);
    assert_eq!(signer.secret_text(), SIGNER);
    assert_eq!(verifier.to_string(), VERIFIER);
    let note = Note::sign(TEXT, &[&signer]).unwrap();
    assert_eq!(note.to_string(), format!("{TEXT}\n{SIGNATURE}"));
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(read.text(), TEXT);
    assert_eq!(read.verify(&verifier), Ok(()));
}

#[test]
fn keys_of_others_do_not_count() {
    let note = Note::sign("a\n", &[&signer("ada", 1), &signer("ben", 2)]).unwrap();
    assert_eq!(note.verify(signer("ben", 2).verifier()), Ok(()));
    for other in [signer("ben", 1), signer("eve", 2)] {
        assert_eq!(note.verify(other.verifier()), Err(Error::NotSigned(other.name().to_owned())));
    }
    let swapped = note.to_string().replace("— ada ", "— eve ");
    let swapped = Note::parse(swapped.as_bytes()).unwrap();
    assert!(swapped.verify(signer("eve", 1).verifier()).is_err(), "the id of a key holds its name");
}

#[test]
fn a_changed_text_is_noticed() {
    let ada = signer("ada", 1);
    let note = Note::sign("1000 accounts\n", &[&ada]).unwrap();
    let changed = note.to_string().replace("1000", "9000");
    let changed = Note::parse(changed.as_bytes()).unwrap();
    assert_eq!(changed.verify(ada.verifier()), Err(Error::WrongSignature("ada".to_owned())));
}

#[test]
fn what_is_no_note_is_refused() {
    let note = Note::sign("a\n\nb\n", &[&signer("ada", 1)]).unwrap().to_string();
    assert_eq!(Note::parse(note.as_bytes()).unwrap().text(), "a\n\nb\n");
    let line = note.split_once("\n\n— ").unwrap().1.to_owned();
    for bad in [
        String::new(),
        "a\n".to_owned(),
        "a\n\n".to_owned(),
        note.trim_end().to_owned(),
        note.replace("— ", "- "),
        note.replace("a\n", "a\r\n"),
        note.replace('=', ""),
        format!("{note}\n"),
        format!("a\n\n— {line}x\n"),
        format!("a\n{}", format!("\n— {}", line.trim_end()).repeat(SIGNATURES_MAX + 1)),
    ] {
        assert!(matches!(Note::parse(bad.as_bytes()), Err(Error::Form(_))), "{bad}");
    }
    assert!(Note::sign("no line feed", &[&signer("ada", 1)]).is_err());
    assert!(Note::sign("a\n", &[]).is_err());
    assert!(Signer::from_seed("a b", &[1; 32]).is_err());
    assert!(VERIFIER.replace("c74f20a3", "c74f20a4").parse::<Verifier>().is_err());
    let weak = BASE64.encode([0; 32]);
    assert!(weak.parse::<PublicKey>().is_err());
}

proptest! {
    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Note::parse(&bytes);
    }

    #[test]
    fn each_flipped_bit_is_noticed(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let ada = signer("ada", 1);
        let mut bytes = Note::sign("some text\n", &[&ada]).unwrap().to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let verified = Note::parse(&bytes).and_then(|note| note.verify(ada.verifier()));
        prop_assert!(verified.is_err());
    }
}
