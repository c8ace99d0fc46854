//! An internet café's tournament: 250 people sign up from one address, at twelve machines.

use super::{Scene, participant};
use crate::devices::{Browser, Client, Platform, Print};
use crate::group::Group;
use crate::network::Access;
use crate::places::place_index;
use crate::rng::mix2;
use crate::schedule::Schedule;

pub(crate) fn group(scene: Scene) -> Group {
    let place = place_index("PH");
    let seed = scene.salt(3);
    let schedule = Schedule::local(scene.size(250, 40), scene.day(0.3), 48, 8, (17.0, 3.5));
    let make = move |population: &_, birth| {
        let (mut persona, mut rng) = participant(population, birth, place);
        persona.access = Access::Site { place, site: seed, addresses: 1, own_network: false };
        let machine = rng.below(12);
        persona.client = Client {
            platform: Platform::Windows,
            browser: Browser::Chrome,
            model: 1_003,
            lag: 2,
            frozen_hour: None,
            stack: u32::try_from(machine % 2).expect("two"),
            odd_stack: 0,
            updates: false,
            print: Print::Unique(mix2(seed, machine)),
        };
        persona
    };
    Group::benign(seed, "cafe", schedule, Box::new(make))
}
