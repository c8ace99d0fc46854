//! Does any NDJSON, plain or compressed, break the reader?
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| seawall_fuzz::read_bytes("a.ndjson", &[bytes]));
