//! A trusted history of sixty days, then a window with every innocent event and every farm; and
//! what is the same but for its farms or its people.

use super::{Preset, WINDOW_DAY, lead_days, people, scale, scene, small};
use crate::WorldOptions;
use crate::draft::Absent;
use crate::farms::{Site, ladder, standing};
use crate::group::Group;
use crate::innocents;
use crate::population::{Population, Taste};
use crate::rng::mix2;
use crate::schedule::Schedule;
use crate::world::World;

/// Days of the history.
const HISTORY_DAYS: u32 = 60;

pub(super) fn world(options: &WorldOptions) -> World {
    let lead = lead_days(HISTORY_DAYS);
    let start = lead * 24;
    let hours = options.days * 24;
    let scene = scene(options, start);
    let trends = innocents::trends(scene);
    let taste = Taste { correlated: options.preset == Preset::Correlated, ..Taste::STANDARD };
    let population = Population::new(options, options.accounts * 2, trends, taste);
    let history_start = start - HISTORY_DAYS * 24;
    let seed = mix2(options.seed, 0x5C);
    let mut history = people(
        options,
        0xB1,
        Schedule::diurnal(
            options.accounts,
            history_start,
            HISTORY_DAYS * 24,
            &population.clock,
            seed,
        ),
    );
    history.trusted = Some(1.0);
    let window = people(
        options,
        0xB2,
        Schedule::diurnal(options.accounts, start, hours, &population.clock, mix2(seed, 1)),
    );
    let mut groups = vec![history, window];
    groups.extend(innocents::groups(scene));
    groups.extend(farms(options, history_start, start));
    World {
        population,
        groups,
        epoch_day: WINDOW_DAY - i64::from(lead),
        hours: history_start..start + hours,
        absent: Absent::default(),
        activity: options.activity,
        separate_challenges: false,
    }
}

fn farms(options: &WorldOptions, history_start: u32, start: u32) -> Vec<Group> {
    let scale = scale(options) * options.farm_scale;
    let site = Site { seed: options.seed, start, days: options.days, scale };
    match options.preset {
        Preset::Clean => Vec::new(),
        Preset::Small => small::farms(Site { scale: options.farm_scale, ..site }),
        Preset::Contaminated => {
            let before = Site { start: history_start, days: HISTORY_DAYS, ..site };
            let mut groups = standing(before, options.contaminated_share);
            groups.extend(ladder(site));
            groups
        }
        _ => ladder(site),
    }
}
