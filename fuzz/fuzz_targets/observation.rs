//! Do answers of public servers break what reads them?
#![no_main]

use seawall_core::case::asset::{Method, bootstrap, observation};

libfuzzer_sys::fuzz_target!(|content: &[u8]| {
    let hash = |_: &[u8]| "0".repeat(64).parse().expect("64 digits");
    for method in [Method::Rdap, Method::Dns, Method::Tls, Method::Http] {
        let _ = observation::read(method, content, &hash);
    }
    let _ = bootstrap::server(content, &"shop.example".parse().expect("a name"));
});
