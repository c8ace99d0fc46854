//! Whom is an event about, in words that our events have? Subject identifiers (RFC 9493).

use serde_json::Value;

use super::event::own_account;
use crate::known::{Kind, Known};

/// Identifiers that are looked at of those that hold others.
const MANY_MAX: usize = 16;

/// Puts in the patterns of a subject, each with a name. What our events do not have is passed over: ids that only the
/// other site knows.
pub(super) fn subjects(subject: &Value, own: &[String], patterns: &mut Vec<(String, String)>) {
    let text = |names: &[&str]| names.iter().find_map(|name| subject.get(*name)?.as_str());
    // Earlier drafts, which are in use, say `subject_type`, and have strokes in names.
    let format = text(&["format", "subject_type"]).unwrap_or_default().replace('-', "_");
    let mut known = |kind, value: Option<&str>| {
        if let Some(known) = value.and_then(|value| Known::new(kind, value).ok()) {
            patterns.push((known.pattern(), known.value().to_owned()));
        }
    };
    match format.as_str() {
        "email" => known(Kind::Email, text(&["email"])),
        "phone_number" | "phone" => known(Kind::Phone, text(&["phone_number", "phone"])),
        "account" => {
            known(Kind::AccountName, text(&["uri"]).and_then(|uri| uri.strip_prefix("acct:")));
        }
        "iss_sub" => {
            let is_own = text(&["iss"]).is_some_and(|iss| own.iter().any(|own| own == iss));
            if let Some(id) = text(&["sub"]).filter(|id| is_own && id.len() <= 1024) {
                patterns.push((own_account(id), id.to_owned()));
            }
        }
        "aliases" => {
            let identifiers = subject.get("identifiers").and_then(Value::as_array);
            for one in identifiers.into_iter().flatten().take(MANY_MAX) {
                // Aliases hold no aliases (3.2.8).
                if one.get("identifiers").is_none() {
                    subjects(one, own, patterns);
                }
            }
        }
        "complex" => {
            if let Some(user) = subject.get("user").filter(|user| user.get("user").is_none()) {
                subjects(user, own, patterns);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::subjects;

    #[test]
    fn a_subject_is_found_by_what_our_events_have() {
        let of = |subject: Value| {
            let mut patterns = Vec::new();
            subjects(&subject, &["https://us.example".to_owned()], &mut patterns);
            patterns.into_iter().map(|(pattern, _)| pattern).collect::<Vec<_>>()
        };
        let email = json!({"format": "email", "email": "A@evil.com"});
        assert_eq!(of(email.clone()), ["[email-addr:value = 'a@evil.com']"]);
        let phone = json!({"subject_type": "phone-number", "phone": "+12065550100"});
        assert_eq!(of(phone.clone()).len(), 1);
        let ours = json!({"format": "iss_sub", "iss": "https://us.example", "sub": "a'1"});
        assert_eq!(of(ours), ["[user-account:user_id = 'a\\'1']"]);
        let theirs = json!({"format": "iss_sub", "iss": "https://them.example", "sub": "a1"});
        assert_eq!(of(theirs.clone()), [""; 0], "an id of theirs is nothing to us");
        assert_eq!(
            of(json!({"format": "aliases", "identifiers": [email, phone, theirs]})).len(),
            2
        );
        let complex =
            json!({"format": "complex", "user": email, "device": {"format": "opaque", "id": "x"}});
        assert_eq!(of(complex).len(), 1);
        assert_eq!(of(json!({"format": "email", "email": "no address"})), [""; 0]);
        assert_eq!(of(json!("x")), [""; 0]);
    }
}
