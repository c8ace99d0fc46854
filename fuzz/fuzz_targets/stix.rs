//! Does a hostile bundle break the reader, or come out otherwise than it went in?
#![no_main]

use seawall_intel::stix::{Archive, Limits, read_bundle, write_bundle};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { bytes_max: 1 << 16, object_bytes_max: 1 << 14, objects_max: 64 };
    let mut archive = Archive::default();
    let mut objects = Vec::new();
    let _ = read_bundle(bytes, "fuzz", limits, &mut |taken| {
        if let Ok(object) = taken {
            archive.add(object.clone());
            objects.push(object);
        }
        Ok(())
    });
    let mut out = Vec::new();
    write_bundle(&mut out, &objects.iter().collect::<Vec<_>>()).expect("into memory");
    let mut again = Vec::new();
    read_bundle(&*out, "fuzz", Limits::default(), &mut |taken| {
        again.push(taken.expect("an object stays one"));
        Ok(())
    })
    .expect("what was written can be read");
    assert_eq!(objects, again);
});
