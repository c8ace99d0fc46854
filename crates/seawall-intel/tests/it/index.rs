//! Does the index find what asking every pattern about every event finds?

use proptest::prelude::*;
use seawall_core::event::{Event, EventType, Time};
use seawall_intel::{
    observe::{PATHS, Seen},
    pattern::{Compiled, Facts as _, Hit, Index, Observation, Pattern},
};

/// Comparisons of every sort, over few values, so that many hold.
fn comparison() -> impl Strategy<Value = String> {
    let path = prop::sample::select(vec![
        "user-account:user_id",
        "user-account:account_login",
        "ipv4-addr:value",
        "domain-name:value",
        "email-addr:value",
        "network-traffic:src_ref.value",
        "file:name",
    ]);
    let text = prop::sample::select(vec!["a", "b", "x.com", "a@x.com", "10.0.0.1", "10.0.0.1/32"]);
    let value = (path, text, 0_usize..9).prop_map(|(path, text, sort)| match sort {
        0 | 1 => format!("{path} = '{text}'"),
        2 => format!("{path} != '{text}'"),
        3 => format!("{path} NOT = '{text}'"),
        4 => format!("{path} IN ('{text}', 'b')"),
        5 => format!("{path} LIKE '{}%'", &text[..1]),
        6 => format!("{path} MATCHES '^{}'", &text[..1]),
        7 => format!("{path} > '{text}'"),
        _ => format!("NOT EXISTS {path}"),
    });
    let network = (0_u8..33).prop_map(|size| format!("ipv4-addr:value ISSUBSET '10.0.0.0/{size}'"));
    let system = (1_u8..4).prop_map(|asn| format!("autonomous-system:number = {asn}"));
    let leaf = prop_oneof![6 => value, 1 => network, 1 => system];
    leaf.prop_recursive(3, 8, 3, |inner| {
        (prop::collection::vec(inner, 2..4), prop::bool::ANY)
            .prop_map(|(parts, or)| format!("({})", parts.join(if or { " OR " } else { " AND " })))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_index_finds_what_asking_each_finds(
        patterns in prop::collection::vec(comparison(), 1..12),
        events in prop::collection::vec((0_usize..3, 0_usize..3, 0_usize..4, 0_u32..4), 1..6),
    ) {
        let compile = |text: &String| {
            Compiled::new(&Pattern::parse(&format!("[{text}]")).unwrap()).unwrap()
        };
        let compiled: Vec<Compiled> = patterns.iter().map(compile).collect();
        let index = Index::new(compiled.clone(), &PATHS);
        for (name, email, ip, asn) in events {
            let time = Time::from_milliseconds(1_767_225_600_000).unwrap();
            let mut event = Event::new(time, EventType::Signup, ["a", "b", "c"][name]);
            event.username = [None, Some("a"), Some("x.com")][name];
            event.email = [None, Some("a@x.com"), Some("B@y.x.com")][email];
            event.ip = [None, Some("10.0.0.1"), Some("10.9.0.1"), Some("::1")][ip].map(|it| it.parse().unwrap());
            event.asn = (asn > 0).then_some(asn);
            let seen = Seen::new(&event);
            let (mut hits, mut failed) = (Vec::new(), 0);
            index.hits(&seen, &mut hits, &mut failed);
            let objects = seen.objects();
            let at = jiff::Timestamp::from_microsecond(seen.microseconds()).unwrap();
            let observation =
                Observation { objects: objects.iter().collect(), first: at, last: at, number: 1 };
            let slow: Vec<Hit> = (0..)
                .zip(&compiled)
                .filter(|(_, it)| it.fits(std::slice::from_ref(&observation)).unwrap().is_some())
                .map(|(pattern, _)| Hit { pattern, test: 0 })
                .collect();
            prop_assert_eq!((hits, failed), (slow, 0));
        }
    }
}
