//! A trusted history of sixty days, then a window with every innocent event and every farm.

use super::{WINDOW_DAY, lead_days, people, scale, scene};
use crate::WorldOptions;
use crate::draft::Absent;
use crate::farms::{Site, ladder};
use crate::innocents;
use crate::population::Population;
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
    let population = Population::new(options, options.accounts * 2, trends);
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
    groups.extend(ladder(Site {
        seed: options.seed,
        start,
        days: options.days,
        scale: scale(options) * options.farm_scale,
    }));
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
