//! Does any map of field names break its parser?
#![no_main]

use std::path::Path;

use seawall_engine::read::FieldMap;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Err(error) = FieldMap::parse(text, Path::new("map.toml")) {
        assert!(error.to_string().contains("hint: "));
    }
});
