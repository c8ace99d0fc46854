//! What do the tests have in common?

use std::{path::Path, sync::Arc};

use seawall_evidence::{
    custody::{Act, Action},
    note::Signer,
    storage::{Folder, RelativePath, Storage},
    text::{Actor, Id, Role, Words},
    time::Time,
};

/// Noon on 7 December 2023.
pub(crate) const NOON_UNIX_SECONDS: i64 = 1_701_950_400;

pub(crate) fn path(text: &str) -> RelativePath {
    RelativePath::new(text).unwrap()
}

pub(crate) fn folder(root: &Path) -> Arc<dyn Storage> {
    Arc::new(Folder::new(root))
}

pub(crate) fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

pub(crate) fn words(text: &str) -> Words {
    Words::new(text).unwrap()
}

pub(crate) fn actor(text: &str) -> Actor {
    Actor::new(text).unwrap()
}

/// So many seconds after noon.
pub(crate) fn at(seconds: i64) -> Time {
    Time::from_unix_seconds(NOON_UNIX_SECONDS + seconds).unwrap()
}

pub(crate) fn log_key() -> Signer {
    Signer::from_seed("evidence.example.org/case-1", &[7; 32]).unwrap()
}

/// Ada looks at an item.
pub(crate) fn view(seconds: i64) -> Act {
    Act {
        time: at(seconds),
        actor: actor("ada"),
        role: Role::new("analyst").unwrap(),
        action: Action::View,
        object: id(&format!("item-{seconds}")),
        object_sha256: None,
        reason: words("to see what is in it"),
        tool: words("seawall 0.1.0"),
        approval: None,
        body: None,
    }
}
