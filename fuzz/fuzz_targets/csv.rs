//! Does any CSV break the reader?
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    seawall_fuzz::read_bytes("a.csv", &[b"time,type,account,ip,email,x\n", bytes]);
});
