//! What can someone do to a bundle who has it, and perhaps the key of its log? Tools for tampering, which share no
//! code with what writes logs and bags.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use seawall_evidence::{
    canonical,
    hash::Digest,
    merkle,
    note::{Note, Signer},
    storage::{Memory, Storage as _},
};
use serde_json::{Value, json};

use crate::support::path;

const LOG: &str = "data/custody/log";

/// A bundle in the hands of a forger.
pub(crate) struct Forgery {
    pub(crate) bundle: Memory,
}

impl Forgery {
    pub(crate) fn read(&self, file: &str) -> Vec<u8> {
        self.bundle.read(&path(file), 1 << 24).unwrap().unwrap()
    }

    pub(crate) fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        self.bundle.replace(&path(file), content.as_ref()).unwrap();
    }

    pub(crate) fn delete(&self, file: &str) {
        assert!(self.bundle.open(&path(file)).unwrap().is_some(), "{file}");
        self.bundle.delete(&path(file)).unwrap();
    }

    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let files = self.bundle.list(None).unwrap().files;
        let names = files.into_iter().map(|file| file.path.to_string());
        names.filter(|name| name.starts_with(folder)).collect()
    }

    /// The one file whose name opens like this.
    pub(crate) fn find(&self, start: &str) -> String {
        let files = self.files(start);
        assert_eq!(files.len(), 1, "{start}: {files:?}");
        files[0].clone()
    }

    pub(crate) fn edit(&self, file: &str, edit: impl FnOnce(&mut Vec<u8>)) {
        let mut content = self.read(file);
        edit(&mut content);
        self.write(file, content);
    }

    pub(crate) fn flip(&self, file: &str, byte: usize) {
        self.edit(file, |content| {
            let byte = byte % content.len();
            content[byte] ^= 1;
        });
    }

    pub(crate) fn replace_text(&self, file: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.read(file)).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        self.write(file, text.replacen(from, to, 1));
    }

    fn manifest<'a>(&self, files: impl Iterator<Item = &'a String>) -> String {
        let line = |file: &String| format!("{}  {file}\n", Digest::of(self.read(file)));
        files.fold(String::new(), |text, file| text + &line(file))
    }

    /// Makes the manifests anew, so that the bag fits itself.
    pub(crate) fn rebag(&self) {
        let payload = self.files("data/");
        let bytes: usize = payload.iter().map(|file| self.read(file).len()).sum();
        let manifest = self.manifest(payload.iter());
        self.write("manifest-sha256.txt", manifest);
        let info = String::from_utf8(self.read("bag-info.txt")).unwrap();
        let kept = info.lines().filter(|line| !line.starts_with("Payload-Oxum"));
        let kept = kept.fold(String::new(), |text, line| text + line + "\n");
        self.write("bag-info.txt", format!("{kept}Payload-Oxum: {bytes}.{}\n", payload.len()));
        let tags = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"];
        let tags: String =
            tags.map(|name| format!("{}  {name}\n", Digest::of(self.read(name)))).concat();
        self.write("tagmanifest-sha256.txt", tags);
    }

    pub(crate) fn entries(&self) -> Vec<Value> {
        let mut bundle = &self.read(&self.find(&format!("{LOG}/tile/entries/")))[..];
        let mut entries = Vec::new();
        while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
            let (entry, rest) = rest.split_at(u16::from_be_bytes(*length).into());
            entries.push(serde_json::from_slice(entry).unwrap());
            bundle = rest;
        }
        entries
    }

    /// Writes the log anew with these entries, and signs it: what someone can do who has a key.
    pub(crate) fn relog(&self, entries: &[Value], signer: &Signer) {
        let bytes: Vec<Vec<u8>> =
            entries.iter().map(|entry| canonical::to_bytes(entry).unwrap()).collect();
        self.relog_bytes(&bytes, signer);
    }

    pub(crate) fn relog_bytes(&self, entries: &[Vec<u8>], signer: &Signer) {
        assert!((1..256).contains(&entries.len()));
        for file in self.files(LOG) {
            self.delete(&file);
        }
        let bundle: Vec<u8> = entries
            .iter()
            .flat_map(|entry| [&(entry.len() as u16).to_be_bytes(), entry.as_slice()].concat())
            .collect();
        let leaves: Vec<Digest> = entries.iter().map(merkle::leaf).collect();
        let hashes: Vec<u8> = leaves.iter().flat_map(|leaf| *leaf.as_bytes()).collect();
        let size = entries.len();
        self.write(&format!("{LOG}/tile/entries/000.p/{size}"), bundle);
        self.write(&format!("{LOG}/tile/0/000.p/{size}"), hashes);
        let root = BASE64.encode(merkle::root(&leaves));
        let text = format!("{}\n{size}\n{root}\n", signer.name());
        self.write(&format!("{LOG}/checkpoint"), Note::sign(text, &[signer]).unwrap().to_string());
    }

    /// Edits the entries, numbers them anew, and does all that a holder of the log's key can do to hide it.
    pub(crate) fn rewrite(&self, signer: &Signer, edit: impl FnOnce(&mut Vec<Value>)) {
        let mut entries = self.entries();
        edit(&mut entries);
        for (seq, entry) in entries.iter_mut().enumerate() {
            entry["seq"] = json!(seq);
        }
        self.relog(&entries, signer);
        self.cover(signer);
    }

    /// Binds the list of exported files to the log anew, and makes the manifests anew.
    pub(crate) fn cover(&self, signer: &Signer) {
        let files = self.files("data/");
        let list = self.manifest(files.iter().filter(|file| !file.starts_with("data/custody/")));
        self.write("data/custody/exported.txt", &list);
        let mut entries = self.entries();
        for entry in &mut entries {
            if entry["action"] == "export" {
                entry["object_sha256"] = json!(Digest::of(&list).to_string());
            }
        }
        self.relog(&entries, signer);
        self.rebag();
    }
}
