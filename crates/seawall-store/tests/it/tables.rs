//! Tables: order, views, changes that hold together, what another process finds.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use proptest::prelude::*;
use seawall_store::{Error, tables::Tables};

#[derive(Clone, Debug)]
enum Act {
    Put(u8, u8, Vec<u8>),
    Remove(u8, u8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..2_u8, any::<u8>(), prop::collection::vec(any::<u8>(), 0..40))
            .prop_map(|(table, key, content)| Act::Put(table, key, content)),
        1 => (0..2_u8, any::<u8>()).prop_map(|(table, key)| Act::Remove(table, key)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn tables_are_sorted_maps_also_after_they_were_opened_again(
        groups in prop::collection::vec(prop::collection::vec(act(), 1..20), 1..12),
        (from, to) in (any::<u8>(), any::<u8>()),
    ) {
        let root = tempfile::tempdir().expect("a folder");
        let mut model: [BTreeMap<u8, Vec<u8>>; 2] = Default::default();
        for group in groups {
            let tables = Tables::open(root.path()).expect("opens");
            let named = ["one", "two"].map(|name| tables.table(name).expect("a table"));
            let mut changes = tables.changes();
            for act in group {
                match act {
                    Act::Put(table, key, content) => {
                        changes.put(&named[usize::from(table)], &[key], &content);
                        model[usize::from(table)].insert(key, content);
                    }
                    Act::Remove(table, key) => {
                        changes.remove(&named[usize::from(table)], &[key]);
                        model[usize::from(table)].remove(&key);
                    }
                }
            }
            let before = tables.view();
            changes.commit().expect("kept");
            let view = tables.view();
            for (table, model) in named.iter().zip(&model) {
                let rows = |from: u8, to: u8| -> Vec<(u8, Vec<u8>)> {
                    let rows = view.range(table, &[from], &[to]).map(|row| row.expect("reads"));
                    rows.map(|(key, content)| (key[0], content.to_vec())).collect()
                };
                let expected: Vec<(u8, Vec<u8>)> =
                    model.iter().filter(|(key, _)| (from..to).contains(*key)).map(|(key, content)| (*key, content.clone())).collect();
                prop_assert_eq!(rows(from, to), expected);
                for key in [from, to] {
                    let found = view.get(table, &[key]).expect("reads").map(|content| content.to_vec());
                    prop_assert_eq!(found, model.get(&key).cloned());
                }
            }
            drop(before);
        }
    }
}

#[test]
fn a_view_does_not_see_what_comes_later() {
    let root = tempfile::tempdir().expect("a folder");
    let tables = Tables::open(root.path()).expect("opens");
    let table = tables.table("one").expect("a table");
    let before = tables.view();
    let mut changes = tables.changes();
    changes.put(&table, b"key", b"content");
    changes.commit().expect("kept");
    assert!(before.get(&table, b"key").expect("reads").is_none());
    assert_eq!(before.range(&table, b"", b"z").count(), 0);
    assert_eq!(&*tables.view().get(&table, b"key").expect("reads").expect("there"), b"content");
}

#[test]
fn there_is_one_process_at_a_time() {
    let root = tempfile::tempdir().expect("a folder");
    let _tables = Tables::open(root.path()).expect("opens");
    let second = Tables::open(root.path());
    assert!(matches!(second.err(), Some(Error::Locked { .. })));
}

#[test]
fn nothing_is_seen_in_part_while_rows_are_put_in_order() {
    let root = tempfile::tempdir().expect("a folder");
    let tables = Tables::open(root.path()).expect("opens");
    let table = tables.table("one").expect("a table");
    let (groups, each) = (300_u32, 200_u32);
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            // More than is held in memory, so that rows are put in order meanwhile.
            let content = vec![7; 1 << 10];
            for group in 0..groups {
                let mut changes = tables.changes();
                // Later rows first: whoever saw a part would miss earlier ones.
                for row in (group * each..(group + 1) * each).rev() {
                    changes.put(&table, &row.to_be_bytes(), &content);
                }
                changes.commit().expect("kept");
            }
            is_done.store(true, Ordering::Release);
        });
        let mut next = 0_u32;
        loop {
            let was_done = is_done.load(Ordering::Acquire);
            let view = tables.view();
            for row in view.range(&table, &next.to_be_bytes(), &[0xff; 5]) {
                assert_eq!(*row.expect("reads").0, next.to_be_bytes(), "a row was passed over");
                next += 1;
            }
            assert_eq!(next % each, 0, "a change was seen in part");
            if was_done {
                break;
            }
        }
        assert_eq!(next, groups * each);
    });
}
