//! What do the fuzz targets share?

use std::path::Path;

use seawall_core::event::Event;
use seawall_engine::read::{Sink, Source, read};

struct Check(u64);

impl Sink for Check {
    fn event(&mut self, event: &Event<'_>) {
        assert!((1..=256).contains(&event.account.len()));
        self.0 += 1;
    }
}

/// Reads bytes as a file of the given name and checks what must hold of any input.
pub fn read_bytes(name: &str, parts: &[&[u8]]) {
    let folder = Path::new("/dev/shm").is_dir().then_some("/dev/shm").unwrap_or("/tmp");
    let folder = tempfile::tempdir_in(folder).expect("a temporary folder");
    let path = folder.path().join(name);
    fs_err::write(&path, parts.concat()).expect("room for a file");
    let input = path.to_str().expect("UTF-8").to_owned();
    let source = Source::open(&[input], None).expect("a file");
    let (mut events, mut listed) = (0, 0);
    let mut finish = |sink: Check, rejects: Vec<_>| {
        events += sink.0;
        listed += rejects.len() as u64;
        Ok(())
    };
    if let Ok(summary) = read(&source, 1, &|| Check(0), &mut finish, &mut |_| {}) {
        assert_eq!(summary.events, events);
        assert!(summary.rejected_events + summary.rejected_values >= listed.min(20_000));
    }
}
