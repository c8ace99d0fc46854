//! Does a hostile request or page break the server or the client, or is an object not kept to the letter?
#![no_main]

use seawall_intel::taxii::{
    Envelope, PageEnd, Paging, Place, Query, accepts, content, read_posted,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(posted) = read_posted(bytes) {
        for posted in posted.into_iter().flatten() {
            let text = std::str::from_utf8(bytes).expect("it was read");
            assert!(text.contains(posted.text), "an object is part of what came");
        }
    }
    if let Ok(envelope) = serde_json::from_slice::<Envelope>(bytes) {
        let mut paging = Paging::new(i64::MAX);
        let end = PageEnd { more: envelope.more, next: envelope.next.as_deref(), last: None };
        let _ =
            paging.page(&Place::default(), end, envelope.objects.iter().map(|object| object.get()));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = (accepts(Some(text)), content(Some(text)));
    let pairs: Vec<(String, String)> = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let known =
        ["added_after", "match[id]", "match[type]", "match[version]", "match[spec_version]"];
    if let Ok(query) = Query::parse(&pairs, &known) {
        let next = [("next".to_owned(), query.next(7))];
        let again = Query::parse(&next, &known).expect("a cursor of ours");
        assert_eq!((again.filters, again.after), (query.filters, Some(7)));
    }
});
