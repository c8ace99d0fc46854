//! Which events do lines hold that are in memory already?

use seawall_core::event::Reject;

use super::{FieldMap, Sink, collector::Collector, field::NameTable, ndjson};

/// Reads events of NDJSON lines, by the same rules as a file of them.
pub struct LineReader {
    names: NameTable,
}

impl Default for LineReader {
    fn default() -> Self {
        Self { names: FieldMap::default().table() }
    }
}

impl LineReader {
    /// Hands the events of whole lines to `sink` and returns what was rejected. `source` is what the lines are called.
    pub fn read(&self, source: &str, lines: &[u8], sink: &mut dyn Sink) -> Vec<Reject> {
        let mut collector = Collector::new(source, sink);
        ndjson::parse(lines, 1, &self.names, &mut collector);
        collector.into_parts().0
    }
}
