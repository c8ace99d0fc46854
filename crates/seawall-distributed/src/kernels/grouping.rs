//! Which rows of a part share values?

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array as _, ArrayRef, AsArray as _, LargeListArray, PrimitiveArray},
        buffer::{OffsetBuffer, ScalarBuffer},
        datatypes::{ArrowPrimitiveType, DataType, Field, FieldRef, UInt32Type, UInt64Type},
    },
    common::{Result, ScalarValue, exec_err},
    logical_expr::{
        Accumulator, AggregateUDFImpl, Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
    },
};
use seawall_engine::spread::grouping::shared_rows;

/// An aggregate over the rows of a part: its list has first how many rows there are, then what
/// [`shared_rows`] finds among them.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Group {
    signature: Signature,
}

impl Group {
    pub(super) fn new() -> Self {
        let arguments = vec![DataType::UInt64, DataType::UInt32];
        Self { signature: Signature::exact(arguments, Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for Group {
    fn name(&self) -> &str {
        super::GROUP
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(list_of::<UInt64Type>())
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Rows::default()))
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let field =
            |name, kind| Arc::new(Field::new(format!("{}[{name}]", arguments.name), kind, true));
        Ok(vec![field("hashes", list_of::<UInt64Type>()), field("rows", list_of::<UInt32Type>())])
    }
}

fn list_of<T: ArrowPrimitiveType>() -> DataType {
    DataType::LargeList(Arc::new(Field::new_list_field(T::DATA_TYPE, true)))
}

/// A list in a single place.
fn list<T: ArrowPrimitiveType>(values: Vec<T::Native>) -> ScalarValue {
    let field = Arc::new(Field::new_list_field(T::DATA_TYPE, true));
    let offsets = OffsetBuffer::from_lengths([values.len()]);
    let values = PrimitiveArray::<T>::new(ScalarBuffer::from(values), None);
    let array = LargeListArray::new(field, offsets, Arc::new(values), None);
    ScalarValue::LargeList(Arc::new(array))
}

/// Rows of a part so far.
#[derive(Debug, Default)]
struct Rows {
    hashes: Vec<u64>,
    rows: Vec<u32>,
}

impl Rows {
    fn take(&mut self, hashes: &ArrayRef, rows: &ArrayRef) -> Result<()> {
        if hashes.null_count() + rows.null_count() > 0 || hashes.len() != rows.len() {
            return exec_err!("{} is given a hash and a row at a time", super::GROUP);
        }
        self.hashes.extend_from_slice(hashes.as_primitive::<UInt64Type>().values());
        self.rows.extend_from_slice(rows.as_primitive::<UInt32Type>().values());
        Ok(())
    }
}

impl Accumulator for Rows {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.take(&values[0], &values[1])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut found = vec![self.hashes.len() as u64];
        found.extend(shared_rows(&self.hashes, &self.rows));
        Ok(list::<UInt64Type>(found))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.hashes.capacity() * 8 + self.rows.capacity() * 4
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let Self { hashes, rows } = std::mem::take(self);
        Ok(vec![list::<UInt64Type>(hashes), list::<UInt32Type>(rows)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (hashes, rows) = (states[0].as_list::<i64>(), states[1].as_list::<i64>());
        for at in (0..hashes.len()).filter(|at| hashes.is_valid(*at)) {
            self.take(&hashes.value(at), &rows.value(at))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{UInt32Array, UInt64Array};

    use super::*;

    fn taken(rows: std::ops::Range<u32>) -> Rows {
        let mut taken = Rows::default();
        let hashes = rows.clone().map(|row| 1 + u64::from(row % 5));
        let hashes: ArrayRef = Arc::new(UInt64Array::from_iter_values(hashes));
        let rows: ArrayRef = Arc::new(UInt32Array::from_iter_values(rows));
        taken.update_batch(&[hashes, rows]).unwrap();
        taken
    }

    #[test]
    fn rows_that_were_set_aside_in_between_come_to_the_same() {
        let mut merged = Rows::default();
        for rows in [0..3, 3..3, 3..12] {
            let state = taken(rows).state().unwrap();
            let arrays = state.iter().map(ScalarValue::to_array).collect::<Result<Vec<_>>>();
            merged.merge_batch(&arrays.unwrap()).unwrap();
        }
        let whole = taken(0..12).evaluate().unwrap();
        assert_eq!(merged.evaluate().unwrap(), whole);
        // Values 1 and 2 are shared by three rows, the others by two.
        let of = |value: u64, row: u64| (value << 32) + row;
        let expected = [12, of(1, 0), of(1, 5), of(1, 10), of(2, 1), of(2, 6), of(2, 11)];
        assert_eq!(whole, list::<UInt64Type>(expected.to_vec()));
    }

    #[test]
    fn a_row_without_a_hash_is_refused() {
        let hashes: ArrayRef = Arc::new(UInt64Array::from(vec![Some(1), None]));
        let rows: ArrayRef = Arc::new(UInt32Array::from(vec![1, 2]));
        assert!(Rows::default().update_batch(&[hashes, rows]).is_err());
    }
}
