//! Does any Parquet file break the reader?
//!
//! The library below panics on some damaged files; the reader turns that into a reject, but the fuzzer
//! would stop at the panic itself, so its hook is taken away.
#![no_main]

use std::sync::Once;

static QUIET: Once = Once::new();

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    seawall_fuzz::read_bytes("a.parquet", &[bytes]);
});
