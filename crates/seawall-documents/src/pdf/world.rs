//! What does Typst see? The template, the model and its pictures; no disk, network, packages or clock.

use std::sync::LazyLock;

use typst::{
    Library, LibraryExt as _, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_kit::fonts::FontStore;

use super::Pictures;

const TEMPLATE: &str = include_str!("document.typ");
/// The font of running text.
const FAMILY: &str = "libertinus serif";

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static FONTS: LazyLock<FontStore> = LazyLock::new(|| {
    let mut fonts = FontStore::new();
    fonts.extend(typst_kit::fonts::embedded());
    fonts
});
static TEMPLATE_ID: LazyLock<FileId> = LazyLock::new(|| file("document.typ"));
static MODEL_ID: LazyLock<FileId> = LazyLock::new(|| file("model.json"));

/// Everything that a rendering may read.
pub(super) struct Paper {
    model: Bytes,
    pictures: Vec<(FileId, Bytes)>,
}

impl Paper {
    pub(super) fn new(model: Vec<u8>, pictures: Pictures) -> Self {
        let pictures = pictures
            .into_iter()
            .map(|(sha256, bytes)| (file(&format!("pictures/{sha256}")), Bytes::new(bytes)));
        Self { model: Bytes::new(model), pictures: pictures.collect() }
    }
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        FONTS.book()
    }

    fn main(&self) -> FileId {
        *TEMPLATE_ID
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == *TEMPLATE_ID {
            Ok(Source::new(id, TEMPLATE.to_owned()))
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == *MODEL_ID {
            return Ok(self.model.clone());
        }
        let picture = self.pictures.iter().find(|(picture, _)| *picture == id);
        picture.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn file(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("the path is relative and stays within its root");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// Whether a character can be shown: by the font of running text, or, if `any`, by any font there is.
pub(super) fn shows(character: char, any: bool) -> bool {
    let book = FONTS.book();
    let code = u32::from(character);
    if any {
        (0..usize::MAX).map_while(|index| book.info(index)).any(|info| info.coverage.contains(code))
    } else {
        let has = |index| book.info(index).is_some_and(|info| info.coverage.contains(code));
        book.select_family(FAMILY).any(has)
    }
}
