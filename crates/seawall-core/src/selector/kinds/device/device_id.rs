//! Which device or browser is it, by the site's own fingerprint?

use crate::selector::{Derive, Family, Kind, Role, Subject, text::present};

pub(crate) const KIND: Kind = Kind {
    name: "device_id",
    title: "device",
    family: Family::Device,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(text) = subject.event.device_id.and_then(present) else { return false };
    out.push_str(text);
    true
}
