//! Does damaged Parquet end in an error, and never in a panic or in silence?

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, Float64Array, Int64Array, RecordBatch, UInt64Array};
use seawall_evidence::dataset::{Error, error::RowFault, freeze, verify};

use super::world::{Dice, TWO, World, batch, rows, write_batch};

#[test]
fn a_flipped_byte_is_always_found() {
    let world = World::new();
    let manifest = world.freeze();
    let path = world.path("a.parquet");
    let good = fs_err::read(&path).unwrap();
    let mut dice = Dice(3);
    for _ in 0..300 {
        let mut bad = good.clone();
        let at = dice.roll(good.len() as u64) as usize;
        bad[at] ^= 1 << dice.roll(8);
        fs_err::write(&path, &bad).unwrap();
        assert!(
            !verify(&manifest, &world.paths(), &world.key, TWO).unwrap().is_empty(),
            "byte {at}"
        );
    }
}

#[test]
fn a_cut_file_is_always_found() {
    let world = World::new();
    let manifest = world.freeze();
    let path = world.path("a.parquet");
    let good = fs_err::read(&path).unwrap();
    for length in (0..good.len()).step_by(good.len() / 97) {
        fs_err::write(&path, &good[..length]).unwrap();
        assert!(
            !verify(&manifest, &world.paths(), &world.key, TWO).unwrap().is_empty(),
            "{length} bytes"
        );
        assert!(freeze(&world.request, &world.key, TWO).is_err(), "{length} bytes");
    }
}

/// Freezes a file that has one column more.
fn with_column(array: &ArrayRef) -> Result<(), Error> {
    let mut world = World::new();
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    let plain = batch(&rows(1, array.len()));
    for (field, column) in plain.schema().fields().iter().zip(plain.columns()) {
        columns.push((field.name().clone(), Arc::clone(column)));
    }
    columns.push(("extra".into(), Arc::clone(array)));
    write_batch(&world.path("a.parquet"), &RecordBatch::try_from_iter(columns).unwrap());
    world.request.files.truncate(1);
    world.request.sources.truncate(1);
    world.request.sources[0].gaps.clear();
    world.request.sources[0].last = 1000 + array.len() as u64 - 1;
    freeze(&world.request, &world.key, TWO).map(drop)
}

#[test]
fn what_is_not_exact_is_refused() {
    assert!(with_column(&(Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef)).is_ok());
    let fraction = with_column(&(Arc::new(Float64Array::from(vec![0.5])) as ArrayRef));
    assert!(matches!(fraction, Err(Error::Type { column, .. }) if column == "extra"));
    let bytes = with_column(&(Arc::new(BinaryArray::from(vec![b"x".as_slice()])) as ArrayRef));
    assert!(matches!(bytes, Err(Error::Type { .. })));
    let large = with_column(&(Arc::new(UInt64Array::from(vec![u64::MAX])) as ArrayRef));
    assert!(
        matches!(large, Err(Error::Row { fault: RowFault::OutOfRange(column), .. }) if column == "extra")
    );
}
