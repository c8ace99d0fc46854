//! How do deadlines get into a calendar? iCalendar (RFC 5545), one all-day event each.

use std::fmt::Write as _;

use jiff::ToSpan as _;
use seawall_core::case::{
    Moment,
    deadline::{Deadline, Due, rule_of},
};

/// Longest line, in bytes, before it is folded (RFC 5545, section 3.1).
const LINE_BYTES_MAX: usize = 75;

/// The calendar of a case. Each event is on the day by which to act, and says the last day.
pub(super) fn calendar(case: &str, deadlines: &[(Due, &Deadline)], now: Moment) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Seawall//case//EN".to_owned(),
    ];
    let stamp = now.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
    for (due, deadline) in deadlines {
        let rule = rule_of(deadline.kind);
        let next = due.safe.checked_add(1.day()).unwrap_or(due.safe);
        let said = format!("{} (last day {}, {})", rule.title, due.last, rule.basis);
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@{}", deadline.id, case),
            format!("DTSTAMP:{stamp}"),
            format!("DTSTART;VALUE=DATE:{}", due.safe.strftime("%Y%m%d")),
            format!("DTEND;VALUE=DATE:{}", next.strftime("%Y%m%d")),
            format!("SUMMARY:{}", escaped(&format!("{case}: {}", rule.title))),
            format!("DESCRIPTION:{}", escaped(&said)),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR".to_owned());
    let mut text = String::new();
    for line in lines {
        fold(&mut text, &line);
    }
    text
}

/// Text as a value (RFC 5545, section 3.3.11).
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A line, folded between characters.
fn fold(text: &mut String, line: &str) {
    let mut length = 0;
    for letter in line.chars() {
        if length + letter.len_utf8() > LINE_BYTES_MAX {
            text.push_str("\r\n ");
            length = 1;
        }
        let _ = write!(text, "{letter}");
        length += letter.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_on_the_safe_day_and_lines_are_short() {
        let deadline: Deadline = serde_json::from_value(serde_json::json!({
            "id": "deadline-1", "kind": "tro_expiry", "from": "2023-12-09T15:00:00Z", "source": "item-1", "owner": "cora"
        }))
        .expect("a deadline");
        let due = seawall_core::case::deadline::due(&deadline).expect("a day");
        let now = "2023-12-10T01:02:03Z".parse().expect("a time");
        let text = calendar("storm", &[(due, &deadline)], now);
        assert!(text.contains("DTSTART;VALUE=DATE:20231223\r\nDTEND;VALUE=DATE:20231224\r\n"));
        assert!(text.contains("DTSTAMP:20231210T010203Z\r\n"));
        assert!(
            text.replace("\r\n ", "")
                .contains("restraining order lapses (last day 2023-12-26\\, FRCP 65(b)(2))")
        );
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_BYTES_MAX));
        let mut folded = String::new();
        fold(&mut folded, &"é".repeat(100));
        assert_eq!(folded.replace("\r\n ", ""), format!("{}\r\n", "é".repeat(100)));
        assert!(folded.split("\r\n").all(|line| line.len() <= LINE_BYTES_MAX));
    }
}
