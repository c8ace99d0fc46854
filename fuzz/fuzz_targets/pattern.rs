//! Does a hostile pattern break the parser, or make an evaluation that does not end?
#![no_main]

use seawall_core::event::{Event, EventType, Time};
use seawall_intel::{
    observe::{PATHS, Seen},
    pattern::{Compiled, Facts as _, Index, Observation, Pattern},
};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(pattern) = Pattern::parse(text) else { return };
    let Ok(compiled) = Compiled::new(&pattern) else { return };
    let time = Time::from_milliseconds(1_767_225_600_000).expect("a time");
    let mut event = Event::new(time, EventType::Signup, "a");
    event.email = Some("a@x.com");
    event.ip = Some([10, 0, 0, 1].into());
    let seen = Seen::new(&event);
    let objects = seen.objects();
    let at = jiff::Timestamp::from_microsecond(seen.microseconds()).expect("a time");
    let observation =
        Observation { objects: objects.iter().collect(), first: at, last: at, number: 2 };
    let _ = compiled.fits(&[observation.clone(), observation]);
    let index = Index::new(vec![compiled], &PATHS);
    let (mut hits, mut failed) = (Vec::new(), 0);
    index.hits(&seen, &mut hits, &mut failed);
});
