//! Which versions of an object were received? All of them: nothing is deleted, and nothing is merged.

use std::{
    collections::{BTreeMap, btree_map},
    sync::Arc,
};

use jiff::Timestamp;

use super::{Object, StixId};

/// What a received object was to those that were there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Added {
    /// The first of its id.
    New,
    /// Later than those that were there.
    Newer,
    /// Earlier than the latest.
    Older,
    /// The very same was there.
    Same,
    /// Another content of the same version, or a version by somebody else than the creator (STIX 2.1, 3.6.2): kept,
    /// but it does not become the latest.
    Conflict,
}

/// Objects with all their versions, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    versions: BTreeMap<StixId, Vec<Arc<Object>>>,
    /// Contents that contradict a version that is there.
    conflicts: Vec<Arc<Object>>,
}

impl Archive {
    /// Takes an object in.
    pub fn add(&mut self, object: Object) -> Added {
        let object = Arc::new(object);
        let versions = match self.versions.entry(object.id().clone()) {
            btree_map::Entry::Vacant(vacant) => {
                vacant.insert(vec![object]);
                return Added::New;
            }
            btree_map::Entry::Occupied(occupied) => occupied.into_mut(),
        };
        if versions.contains(&object) || self.conflicts.contains(&object) {
            return Added::Same;
        }
        let at = object.modified();
        let creator = object.text("created_by_ref");
        let contradicts = |known: &Arc<Object>| {
            (known.modified() == at && at.is_some()) || known.text("created_by_ref") != creator
        };
        if versions.iter().any(contradicts) {
            self.conflicts.push(object);
            return Added::Conflict;
        }
        let position = versions.partition_point(|known| known.modified() <= at);
        let added = if position == versions.len() { Added::Newer } else { Added::Older };
        versions.insert(position, object);
        added
    }

    /// The latest version of an object, revoked or not.
    pub fn latest(&self, id: &StixId) -> Option<&Arc<Object>> {
        self.versions.get(id)?.last()
    }

    /// All versions of an object, oldest first.
    pub fn versions(&self, id: &StixId) -> &[Arc<Object>] {
        self.versions.get(id).map_or(&[], Vec::as_slice)
    }

    /// The latest version of every object that is not revoked, in the order of ids.
    pub fn active(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.versions.values().filter_map(|versions| versions.last()).filter(|it| !it.revoked())
    }

    /// As [`Self::active`], of one type.
    pub fn active_of<'a>(&'a self, object_type: &'a str) -> impl Iterator<Item = &'a Arc<Object>> {
        self.active().filter(move |object| object.object_type() == object_type)
    }

    /// Contents that contradict a version that is there.
    pub fn conflicts(&self) -> &[Arc<Object>] {
        &self.conflicts
    }

    /// The ids of all objects, in order.
    pub fn ids(&self) -> impl Iterator<Item = &StixId> {
        self.versions.keys()
    }

    /// How many objects there are, whatever their versions.
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// The last change of any object.
    pub fn changed(&self) -> Option<Timestamp> {
        self.versions.values().flatten().filter_map(|object| object.modified()).max()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{Added, Archive};
    use crate::stix::Object;

    fn version(day: u32, name: &str, revoked: bool, creator: u32) -> Object {
        let at = format!("2024-01-{day:02}T00:00:00.000Z");
        let creator = format!("identity--00000000-0000-4000-8000-{creator:012}");
        Object::new(json!({
            "type": "tool", "id": "tool--e18dca82-0524-4338-9a66-e13e67c81ac4",
            "created": "2024-01-01T00:00:00.000Z", "modified": at, "name": name,
            "revoked": revoked, "created_by_ref": creator,
        }))
        .unwrap()
    }

    #[test]
    fn every_version_is_kept_and_the_latest_holds() {
        let mut archive = Archive::default();
        assert_eq!(archive.add(version(5, "b", false, 1)), Added::New);
        assert_eq!(archive.add(version(3, "a", false, 1)), Added::Older);
        assert_eq!(archive.add(version(5, "b", false, 1)), Added::Same);
        assert_eq!(archive.add(version(5, "c", false, 1)), Added::Conflict);
        assert_eq!(archive.add(version(9, "d", false, 2)), Added::Conflict);
        let id = version(5, "b", false, 1).id().clone();
        assert_eq!(archive.latest(&id).unwrap().text("name"), Some("b"));
        assert_eq!(archive.conflicts().len(), 2);
        assert_eq!(archive.add(version(6, "b", true, 1)), Added::Newer);
        assert_eq!((archive.active().count(), archive.len()), (0, 1));
        assert_eq!(archive.versions(&id).len(), 3);
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_does_not_matter(days in proptest::collection::vec(1_u32..28, 1..20)) {
            let fill = |days: &[u32]| {
                let mut archive = Archive::default();
                for day in days {
                    archive.add(version(*day, "a", false, 1));
                }
                archive.versions
            };
            let mut sorted = days.clone();
            sorted.sort_unstable();
            prop_assert_eq!(fill(&days), fill(&sorted));
        }
    }
}
