//! Who signed this text? Notes by the C2SP *signed-note* format, with Ed25519.
//!
//! On `ed25519-dalek` alone: the crate `signed_note` 0.2 needs the generation of cryptography crates before, and
//! verifies without the strictness that keeps a signature from fitting several keys.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

mod key;

pub use key::{BadKey, PublicKey, Signer, Verifier};

/// Longest note that is read.
pub const BYTES_MAX: usize = 1 << 20;

/// Most signatures on one note.
pub const SIGNATURES_MAX: usize = 16;

/// Why a note cannot be made, read or believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not of the form of a note.
    #[error("not a signed note: {0}")]
    Form(&'static str),
    /// Nobody of that name and key signed it.
    #[error("not signed by `{0}` with the key that is known")]
    NotSigned(String),
    /// It claims to be signed with the key, and is not, or was changed since.
    #[error("the signature of `{0}` does not fit the text")]
    WrongSignature(String),
}

/// A text and who signed it.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

#[derive(Clone, PartialEq, Eq)]
struct Signature {
    name: String,
    key_id: [u8; 4],
    bytes: Vec<u8>,
}

impl Note {
    /// Signs `text`, which ends in a line feed and has no other control characters.
    pub fn sign(text: impl Into<String>, signers: &[&Signer]) -> Result<Self, Error> {
        let text = text.into();
        check_text(&text)?;
        if signers.is_empty() {
            return Err(Error::Form("nobody signs it"));
        }
        let signatures = signers.iter().map(|signer| Signature {
            name: signer.name().to_owned(),
            key_id: signer.verifier().key_id(),
            bytes: signer.sign(text.as_bytes()).to_vec(),
        });
        let note = Self { signatures: signatures.collect(), text };
        if note.to_string().len() > BYTES_MAX {
            return Err(Error::Form("too long"));
        }
        Ok(note)
    }

    /// Reads a note. Whether its signatures are good is another question: [`Note::verify`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > BYTES_MAX {
            return Err(Error::Form("too long"));
        }
        let whole = str::from_utf8(bytes).map_err(|_| Error::Form("not UTF-8"))?;
        let split = whole.rfind("\n\n").ok_or(Error::Form("no empty line before signatures"))?;
        let (text, lines) = (&whole[..=split], &whole[split + 2..]);
        check_text(text)?;
        let lines = lines.strip_suffix('\n').ok_or(Error::Form("does not end in a line feed"))?;
        let signatures: Vec<Signature> =
            lines.split('\n').map(Signature::parse).collect::<Result<_, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(Error::Form("too many signatures"));
        }
        let note = Self { text: text.to_owned(), signatures };
        // Base64 has several spellings of one value, and a note shall have one.
        if note.to_string().as_bytes() != bytes {
            return Err(Error::Form("a signature line is not as it is written"));
        }
        Ok(note)
    }

    /// Is the text signed by this key? Signatures of keys that nobody asks for are passed over.
    pub fn verify(&self, verifier: &Verifier) -> Result<(), Error> {
        let mut by_key = self.signatures.iter().filter(|signature| {
            signature.name == verifier.name() && signature.key_id == verifier.key_id()
        });
        let name = || verifier.name().to_owned();
        let Some(signature) = by_key.next() else { return Err(Error::NotSigned(name())) };
        if by_key.next().is_some() {
            return Err(Error::Form("signed twice by one key"));
        }
        if verifier.is_signature(self.text.as_bytes(), &signature.bytes) {
            Ok(())
        } else {
            Err(Error::WrongSignature(name()))
        }
    }

    /// The signed text, with its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names that the signatures claim.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.signatures.iter().map(|signature| signature.name.as_str())
    }
}

fn check_text(text: &str) -> Result<(), Error> {
    if !text.ends_with('\n') {
        return Err(Error::Form("the text does not end in a line feed"));
    }
    if text.chars().any(|letter| letter < ' ' && letter != '\n') {
        return Err(Error::Form("the text has control characters"));
    }
    Ok(())
}

impl Signature {
    fn parse(line: &str) -> Result<Self, Error> {
        let line = line.strip_prefix("— ").ok_or(Error::Form("a line is no signature"))?;
        let (name, encoded) = line.split_once(' ').ok_or(Error::Form("a signature has no name"))?;
        if !crate::text::is_name(name) {
            return Err(Error::Form("a signature has a name that is not allowed"));
        }
        let bytes = BASE64.decode(encoded).map_err(|_| Error::Form("a signature is not Base64"))?;
        let Some((key_id, bytes)) = bytes.split_first_chunk::<4>() else {
            return Err(Error::Form("a signature is too short"));
        };
        if bytes.is_empty() {
            return Err(Error::Form("a signature is too short"));
        }
        Ok(Self { name: name.to_owned(), key_id: *key_id, bytes: bytes.to_vec() })
    }
}

/// The note as it is stored.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            let bytes = [&signature.key_id, signature.bytes.as_slice()].concat();
            writeln!(f, "— {} {}", signature.name, BASE64.encode(bytes))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
