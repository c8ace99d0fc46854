//! Does a hostile list, table or file of MISP break its reader?
#![no_main]

use seawall_intel::{
    list::{read_plain, read_table},
    misp::{Galaxy, WarningList},
    pattern::Pattern,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut lists = vec![read_plain(&text, "fuzz")];
    lists.extend(read_table(bytes, "fuzz"));
    for item in lists.iter().flat_map(|list| &list.listed) {
        assert!(Pattern::parse(&item.known.pattern()).is_ok(), "{}", item.known.pattern());
        let _ = item.known.object();
    }
    let _ = WarningList::read(&text);
    let _ = Galaxy::read(&text);
});
