//! What values do the columns of a batch hold?

use arrow_array::{
    Array as _, BinaryViewArray, BooleanArray, Int64Array, PrimitiveArray, RecordBatch,
    cast::AsArray as _,
    types::{
        ArrowPrimitiveType, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
        TimestampMillisecondType, TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type,
        UInt64Type,
    },
};
use arrow_schema::{DataType, TimeUnit};

use super::{error::RowFault, manifest::ValueType};

/// A value in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell<'a> {
    Boolean(bool),
    Integer(i64),
    /// Nanoseconds since 1970.
    Time(i64),
    Text(&'a str),
}

/// The values of one column, in a batch of rows.
#[derive(Debug)]
pub(crate) enum Cells {
    Boolean(BooleanArray),
    Integer(Int64Array),
    /// Nanoseconds.
    Time(Int64Array),
    Text(BinaryViewArray),
}

/// What the values of a column of this type are; nothing if it is of none that can be frozen.
pub(crate) fn value_type(data_type: &DataType) -> Option<ValueType> {
    match data_type {
        DataType::Boolean => Some(ValueType::Boolean),
        DataType::Utf8 => Some(ValueType::Text),
        DataType::Timestamp(unit, _) if *unit != TimeUnit::Second => Some(ValueType::Time),
        _ if data_type.is_integer() => Some(ValueType::Integer),
        _ => None,
    }
}

impl Cells {
    /// The columns of a batch, in its order.
    pub(crate) fn of_batch(batch: &RecordBatch) -> Result<Vec<Self>, RowFault> {
        let schema = batch.schema_ref();
        let columns = batch.columns().iter().zip(schema.fields());
        columns
            .map(|(array, field)| {
                Self::of_array(array).ok_or_else(|| RowFault::OutOfRange(field.name().clone()))
            })
            .collect()
    }

    fn of_array(array: &dyn arrow_array::Array) -> Option<Self> {
        Some(match array.data_type() {
            DataType::Boolean => Self::Boolean(array.as_boolean().clone()),
            DataType::BinaryView => Self::Text(array.as_binary_view().clone()),
            DataType::Int64 => Self::Integer(array.as_primitive::<Int64Type>().clone()),
            DataType::Int32 => Self::Integer(widened::<Int32Type>(array)),
            DataType::Int16 => Self::Integer(widened::<Int16Type>(array)),
            DataType::Int8 => Self::Integer(widened::<Int8Type>(array)),
            DataType::UInt32 => Self::Integer(widened::<UInt32Type>(array)),
            DataType::UInt16 => Self::Integer(widened::<UInt16Type>(array)),
            DataType::UInt8 => Self::Integer(widened::<UInt8Type>(array)),
            DataType::UInt64 => {
                Self::Integer(try_mapped(array.as_primitive::<UInt64Type>(), |value| {
                    i64::try_from(value).ok()
                })?)
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => Self::Time(nanoseconds(
                array.as_primitive::<TimestampMillisecondType>(),
                1_000_000,
            )?),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Self::Time(nanoseconds(array.as_primitive::<TimestampMicrosecondType>(), 1_000)?)
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                Self::Time(nanoseconds(array.as_primitive::<TimestampNanosecondType>(), 1)?)
            }
            _ => return None,
        })
    }

    /// Is there a value in a row of the batch?
    #[inline]
    pub(crate) fn is_valid(&self, row: usize) -> bool {
        match self {
            Self::Boolean(array) => array.is_valid(row),
            Self::Integer(array) | Self::Time(array) => array.is_valid(row),
            Self::Text(array) => array.is_valid(row),
        }
    }

    /// The value in a row where it is text, as it lies there; nothing where it is absent.
    #[inline]
    pub(crate) fn bytes(&self, row: usize) -> Option<&[u8]> {
        match self {
            Self::Text(array) if array.is_valid(row) => Some(array.value(row)),
            _ => None,
        }
    }

    /// The value in a row where it is none of text; nothing where it is absent.
    #[inline]
    pub(crate) fn word(&self, row: usize) -> Option<i64> {
        match self {
            Self::Boolean(array) => array.is_valid(row).then(|| array.value(row).into()),
            Self::Integer(array) | Self::Time(array) => {
                array.is_valid(row).then(|| array.value(row))
            }
            Self::Text(_) => None,
        }
    }

    /// The first of so many rows whose value should be text and is not.
    pub(crate) fn first_not_text(&self, rows: usize) -> Option<usize> {
        let Self::Text(array) = self else { return None };
        (0..rows).find(|row| array.is_valid(*row) && str::from_utf8(array.value(*row)).is_err())
    }

    /// The value in a row of the batch; nothing where it is absent.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Result<Option<Cell<'_>>, NotUtf8> {
        Ok(match self {
            Self::Boolean(array) => array.is_valid(row).then(|| Cell::Boolean(array.value(row))),
            Self::Integer(array) => array.is_valid(row).then(|| Cell::Integer(array.value(row))),
            Self::Time(array) => array.is_valid(row).then(|| Cell::Time(array.value(row))),
            Self::Text(array) if array.is_valid(row) => {
                Some(Cell::Text(str::from_utf8(array.value(row)).map_err(|_| NotUtf8)?))
            }
            Self::Text(_) => None,
        })
    }
}

/// Bytes that a file calls text are none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotUtf8;

fn widened<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &dyn arrow_array::Array) -> Int64Array {
    array.as_primitive::<T>().unary(Into::into)
}

fn nanoseconds<T: ArrowPrimitiveType<Native = i64>>(
    array: &PrimitiveArray<T>,
    unit_nanoseconds: i64,
) -> Option<Int64Array> {
    try_mapped(array, |value| value.checked_mul(unit_nanoseconds))
}

fn try_mapped<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    map: impl Fn(T::Native) -> Option<i64>,
) -> Option<Int64Array> {
    array.try_unary(|value| map(value).ok_or(())).ok()
}
