//! Which pairs of hot selectors does each account carry?

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array as _, ArrayRef, AsArray as _, ListArray, UInt64Array},
        buffer::OffsetBuffer,
        datatypes::{DataType, Field, UInt64Type},
    },
    common::{Result, exec_err},
    logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use seawall_engine::spread::pairing::pairs_of;

/// A function of what an account carries: [`pairs_of`] of it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Pairs {
    signature: Signature,
}

impl Pairs {
    pub(super) fn new() -> Self {
        Self { signature: Signature::any(1, Volatility::Immutable) }
    }
}

fn item() -> Arc<Field> {
    Arc::new(Field::new_list_field(DataType::UInt64, true))
}

impl ScalarUDFImpl for Pairs {
    fn name(&self) -> &str {
        super::PAIRS
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(item()))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let bundles = arguments.args[0].to_array(arguments.number_rows)?;
        Ok(ColumnarValue::Array(pairs(&bundles)?))
    }
}

fn pairs(bundles: &ArrayRef) -> Result<ArrayRef> {
    let bundles = match bundles.as_list_opt::<i32>() {
        Some(bundles) if bundles.values().data_type() == &DataType::UInt64 => bundles,
        _ => return exec_err!("{} is given a list of numbers", super::PAIRS),
    };
    let carried = bundles.values().as_primitive::<UInt64Type>().values();
    let mut found: Vec<u64> = Vec::new();
    let mut lengths: Vec<usize> = Vec::with_capacity(bundles.len());
    for ends in bundles.offsets().windows(2) {
        let before = found.len();
        pairs_of(&carried[ends[0] as usize..ends[1] as usize], |pair| found.push(pair));
        lengths.push(found.len() - before);
    }
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::new(item(), offsets, Arc::new(UInt64Array::from(found)), None)))
}
