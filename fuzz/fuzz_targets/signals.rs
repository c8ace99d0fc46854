//! Does a hostile token, or what an event of it says, break the receiver?
#![no_main]

use seawall_intel::{
    signals::{Signals, Transmitter, Transmitters},
    stix::Archive,
};

/// The key of RFC 8037, A.2.
const KEYS: &str =
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = Transmitter::new("them".to_owned(), vec!["us".to_owned()], text);
    let own = Transmitter::new("them".to_owned(), vec!["us".to_owned()], KEYS).expect("a key");
    let transmitters = Transmitters::new(vec![own]);
    let now = jiff::Timestamp::UNIX_EPOCH;
    assert!(transmitters.check(text, now).is_err(), "nobody has the other half of the key");
    // As if it had been signed: the claims alone.
    let token = format!("e30.{}.", encoded(text.as_bytes()));
    let Ok(event) = Transmitters::kept(&token) else { return };
    let mut signals = Signals::default();
    signals.apply(&event, &transmitters);
    let mut archive = Archive::default();
    for object in signals.into_objects() {
        archive.add(object);
    }
});

/// Base64 for URLs (RFC 4648, 5), without the signs at its end.
fn encoded(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            text.push(char::from(LETTERS[(bits >> (18 - 6 * place)) as usize & 63]));
        }
    }
    text
}
