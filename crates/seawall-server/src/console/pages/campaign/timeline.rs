//! When did its accounts come, and what did people do then?

use maud::{Markup, html};

use super::{Seen, pictures::Picture};
use crate::console::parts;

pub(super) fn part(seen: &Seen) -> Markup {
    let signups: u64 = seen.campaign.signups_over_time.counts.iter().sum();
    html! {
        @if signups == 0 {
            (parts::empty("No signup of its members is in this log", &html! { p { "They were there before it begins. Read an earlier log to see them come." } }))
        }
        (Picture::Timeline.figure(seen))
    }
}
