//! What does a supplement add to, change in or drop from the schedule before it?

use serde::{Deserialize, Serialize};

use super::{Row, Schedule};

/// What differs between two versions of a schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Numbers of rows that are new.
    pub added: Vec<u64>,
    /// Numbers of rows that are no longer there.
    pub removed: Vec<u64>,
    /// Numbers of rows that differ, each with what does.
    pub changed: Vec<(u64, Vec<String>)>,
}

/// Compares two versions by the identity of assets.
pub fn difference(earlier: &Schedule, later: &Schedule) -> Difference {
    let find = |schedule: &Schedule, row: &Row| {
        schedule.rows.iter().find(|other| other.asset == row.asset).cloned()
    };
    let mut found = Difference::default();
    for row in &later.rows {
        match find(earlier, row) {
            None => found.added.push(row.number),
            Some(before) => {
                let what = changes(&before, row);
                if !what.is_empty() {
                    found.changed.push((row.number, what));
                }
            }
        }
    }
    found.removed = earlier
        .rows
        .iter()
        .filter(|row| find(later, row).is_none())
        .map(|row| row.number)
        .collect();
    found
}

impl Difference {
    /// In a sentence: `supplement 1 adds no. 5`.
    pub fn sentence(&self, version: u64) -> String {
        let list = |numbers: &mut dyn Iterator<Item = u64>| {
            numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
        };
        let mut parts = Vec::new();
        if !self.added.is_empty() {
            parts.push(format!("adds no. {}", list(&mut self.added.iter().copied())));
        }
        if !self.changed.is_empty() {
            parts.push(format!(
                "changes no. {}",
                list(&mut self.changed.iter().map(|(number, _)| *number))
            ));
        }
        if !self.removed.is_empty() {
            parts.push(format!("drops no. {}", list(&mut self.removed.iter().copied())));
        }
        if parts.is_empty() {
            parts.push("changes nothing".to_owned());
        }
        format!("supplement {} {}", version.saturating_sub(1), parts.join(", "))
    }
}

fn changes(before: &Row, after: &Row) -> Vec<String> {
    let mut what = Vec::new();
    let mut note = |differs: bool, name: &str| {
        if differs {
            what.push(name.to_owned());
        }
    };
    note(before.identifier != after.identifier, "identifier");
    note(before.role != after.role, "role");
    note(before.respondents != after.respondents, "respondents");
    note(before.name_servers != after.name_servers, "name servers");
    note(before.statuses != after.statuses, "statuses");
    note(before.expires_at != after.expires_at, "expiry");
    note(before.end_state != after.end_state, "end state");
    note(before.proof != after.proof, "proof");
    note(before.collateral != after.collateral, "collateral");
    note(before.snapshot_sha256 != after.snapshot_sha256, "snapshot");
    what
}
