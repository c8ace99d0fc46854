//! On which days is there no business? Weekends and the legal public holidays of the United States (5 USC 6103).

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};

/// The legal holiday that is kept on `date`, if any: on the Friday before where it falls on a Saturday, on the
/// Monday after where it falls on a Sunday (5 USC 6103(b), Executive Order 11582).
pub fn holiday(date: Date) -> Option<&'static str> {
    let fixed = |date: Date| match (date.month(), date.day()) {
        (1, 1) => Some("New Year's Day"),
        // A holiday since 17 June 2021.
        (6, 19) if date.year() >= 2021 => Some("Juneteenth"),
        (7, 4) => Some("Independence Day"),
        (11, 11) => Some("Veterans Day"),
        (12, 25) => Some("Christmas Day"),
        _ => None,
    };
    match date.weekday() {
        Weekday::Saturday | Weekday::Sunday => None,
        Weekday::Friday => {
            fixed(date).or_else(|| fixed(date.checked_add(1.day()).ok()?)).or_else(|| movable(date))
        }
        Weekday::Monday => {
            fixed(date).or_else(|| fixed(date.checked_sub(1.day()).ok()?)).or_else(|| movable(date))
        }
        _ => fixed(date).or_else(|| movable(date)),
    }
}

/// Holidays that are the nth Monday or Thursday of a month.
fn movable(date: Date) -> Option<&'static str> {
    let nth = (date.day() - 1) / 7 + 1;
    let last = date.day() + 7 > date.days_in_month();
    match (date.month(), date.weekday(), nth) {
        (1, Weekday::Monday, 3) => Some("Birthday of Martin Luther King, Jr."),
        (2, Weekday::Monday, 3) => Some("Washington's Birthday"),
        (5, Weekday::Monday, _) if last => Some("Memorial Day"),
        (9, Weekday::Monday, 1) => Some("Labor Day"),
        (10, Weekday::Monday, 2) => Some("Columbus Day"),
        (11, Weekday::Thursday, 4) => Some("Thanksgiving Day"),
        _ => None,
    }
}

/// Whether there is business on `date`.
pub fn is_business_day(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && holiday(date).is_none()
}
