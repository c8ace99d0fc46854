//! What does a decoded Parquet column hold, in the few forms that fields are set from?

use std::fmt::Write as _;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, BinaryViewArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, TimeUnit};

use super::draft::{Draft, Fault, NOT_UTF8};
use super::field::{Field, ValueType};

/// Stands for a number that is none of the integers a field may hold.
const NO_INTEGER: i64 = i64::MIN;

/// The values of one column of a batch.
pub(super) enum Values {
    /// Text that has yet to be checked.
    View(BinaryViewArray),
    /// Text made of integers.
    Text(StringArray),
    /// Integers; times in milliseconds.
    Integer(Int64Array),
    Boolean(BooleanArray),
}

impl Values {
    /// The columns of a batch that have any values. The batch holds the columns in the order of the
    /// file, whatever the order they were asked for in.
    pub(super) fn of_batch(batch: &RecordBatch, columns: &[(Field, usize)]) -> Vec<(Field, Self)> {
        let mut in_file: Vec<(usize, Field)> =
            columns.iter().map(|(field, position)| (*position, *field)).collect();
        in_file.sort_unstable();
        let mut values: Vec<(Field, Self)> = in_file
            .into_iter()
            .zip(batch.columns())
            .filter(|(_, column)| column.null_count() < column.len())
            .filter_map(|((_, field), column)| Some((field, Self::of_column(column, field)?)))
            .collect();
        values.sort_unstable_by_key(|(field, _)| *field);
        values
    }

    fn of_column(column: &dyn Array, field: Field) -> Option<Self> {
        let integers = match column.data_type() {
            DataType::BinaryView => return Some(Self::View(column.as_binary_view().clone())),
            DataType::Boolean => return Some(Self::Boolean(column.as_boolean().clone())),
            DataType::Int64 => column.as_primitive::<Int64Type>().clone(),
            DataType::Int8 => integers::<Int8Type>(column, i64::from),
            DataType::Int16 => integers::<Int16Type>(column, i64::from),
            DataType::Int32 => integers::<Int32Type>(column, i64::from),
            DataType::UInt8 => integers::<UInt8Type>(column, i64::from),
            DataType::UInt16 => integers::<UInt16Type>(column, i64::from),
            DataType::UInt32 => integers::<UInt32Type>(column, i64::from),
            DataType::UInt64 if field.value_type() == ValueType::Text => {
                return Some(Self::Text(digits(column.as_primitive::<UInt64Type>().iter())));
            }
            DataType::UInt64 => {
                integers::<UInt64Type>(column, |value| i64::try_from(value).unwrap_or(NO_INTEGER))
            }
            DataType::Float32 => integers::<Float32Type>(column, |value| whole(f64::from(value))),
            DataType::Float64 => integers::<Float64Type>(column, whole),
            DataType::Timestamp(TimeUnit::Second, _) => {
                integers::<TimestampSecondType>(column, |value| value.saturating_mul(1000))
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                integers::<TimestampMillisecondType>(column, |value| value)
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                integers::<TimestampMicrosecondType>(column, |value| value.div_euclid(1000))
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                integers::<TimestampNanosecondType>(column, |value| value.div_euclid(1_000_000))
            }
            _ => return None,
        };
        Some(match field.value_type() {
            ValueType::Text => Self::Text(digits(integers.iter())),
            _ => Self::Integer(integers),
        })
    }

    /// The text in a row, where there is any.
    pub(super) fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::View(values) if values.is_valid(row) => {
                std::str::from_utf8(values.value(row)).ok()
            }
            Self::Text(values) if values.is_valid(row) => Some(values.value(row)),
            _ => None,
        }
    }

    /// Sets a field of each draft from the values in the rows from `start`, as far as there are any; `fault`
    /// gets the position of a draft whose value is bad.
    pub(super) fn set<'a>(
        &'a self,
        start: usize,
        field: Field,
        drafts: &mut [Draft<'a>],
        fault: &mut dyn FnMut(usize, Fault),
    ) {
        match self {
            Self::View(values) => set_each(values, start, drafts, fault, |row, draft| {
                draft.set(field, std::str::from_utf8(values.value(row)).map_err(|_| NOT_UTF8)?)
            }),
            Self::Text(values) => set_each(values, start, drafts, fault, |row, draft| {
                draft.set(field, values.value(row))
            }),
            Self::Integer(values) => set_each(values, start, drafts, fault, |row, draft| {
                draft.set_integer(field, values.value(row))
            }),
            Self::Boolean(values) => set_each(values, start, drafts, fault, |row, draft| {
                draft.set_integer(field, i64::from(values.value(row)))
            }),
        }
    }
}

/// Calls `set` for each draft whose row has a value.
fn set_each<'a>(
    values: &dyn Array,
    start: usize,
    drafts: &mut [Draft<'a>],
    fault: &mut dyn FnMut(usize, Fault),
    set: impl Fn(usize, &mut Draft<'a>) -> Result<(), Fault>,
) {
    let nulls = values.nulls();
    for (position, draft) in drafts.iter_mut().enumerate() {
        let row = start + position;
        if nulls.is_none_or(|nulls| nulls.is_valid(row))
            && let Err(reason) = set(row, draft)
        {
            fault(position, reason);
        }
    }
}

fn integers<T: ArrowPrimitiveType>(
    column: &dyn Array,
    convert: impl Fn(T::Native) -> i64,
) -> Int64Array {
    column.as_primitive::<T>().unary(convert)
}

/// Data frames keep integers with gaps as floating-point numbers.
#[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53 in size")]
fn whole(value: f64) -> i64 {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT { value as i64 } else { NO_INTEGER }
}

fn digits<T: std::fmt::Display>(values: impl Iterator<Item = Option<T>>) -> StringArray {
    let mut builder = StringBuilder::new();
    for value in values {
        match value {
            None => builder.append_null(),
            Some(value) => {
                write!(builder, "{value}").expect("writing to memory cannot fail");
                builder.append_value("");
            }
        }
    }
    builder.finish()
}
