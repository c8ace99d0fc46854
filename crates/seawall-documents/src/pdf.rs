//! How does a document come to paper? From its model to PDF, the same bytes each time.
//!
//! Typst is linked as a library, with its own fonts and one template, and sees nothing but the model: no file,
//! network, package or clock. Text is handed over as data and cleaned before ([`clean`]), so nothing that stands in
//! it is ever markup. The exporter enforces PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1): a rendering that does
//! not conform is an error.

mod clean;
mod world;

use std::collections::BTreeMap;

use seawall_evidence::{
    document::{Bates, Block, Document, Finding, Place},
    hash::Digest,
};
use typst::{
    diag::SourceDiagnostic,
    foundations::{Datetime, Label, Output, Selector, Smart},
    utils::PicoStr,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// Longest model that is rendered.
pub const MODEL_BYTES_MAX: usize = 32 << 20;
/// Most pages of one document: courts and readers want volumes below this.
pub const PAGES_MAX: u64 = 2_000;

/// Files of pictures, by their hash.
pub type Pictures = BTreeMap<Digest, Vec<u8>>;

/// A document on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendering {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: u64,
    /// The page, from 1, on which each block starts, in the order of the document.
    pub places: Vec<BlockPage>,
}

/// Where a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockPage {
    /// Id of the section.
    pub section: String,
    /// Which of its blocks, from 1.
    pub block: usize,
    /// Page, from 1.
    pub page: u64,
}

/// Why a document cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The model is longer than what is rendered.
    #[error("the model has {bytes} bytes, more than the {MODEL_BYTES_MAX} that are rendered")]
    ModelSize {
        /// How many it has.
        bytes: usize,
    },
    /// The document has more pages than fit a volume.
    #[error("{pages} pages, more than {PAGES_MAX}\nhint: split it into volumes")]
    Pages {
        /// How many it has.
        pages: u64,
    },
    /// A picture is not among those handed over.
    #[error("no picture {sha256} was handed over")]
    PictureMissing {
        /// Its hash.
        sha256: Digest,
    },
    /// A picture is not what its hash says.
    #[error("the picture for {sha256} has another hash")]
    PictureHash {
        /// The hash it should have.
        sha256: Digest,
    },
    /// `dated` is no moment.
    #[error("`dated` is not a time of RFC 3339 in UTC")]
    Date,
    /// The range of page numbers does not have as many numbers as the rendering has pages.
    #[error(
        "{pages} pages, but page numbers for {numbers}\nhint: number the pages after the last change"
    )]
    PageNumbers {
        /// Pages of the rendering.
        pages: u64,
        /// Numbers in the range.
        numbers: u64,
    },
    /// The model cannot be written as JSON.
    #[error("the model cannot be written as JSON")]
    Model(#[from] serde_json::Error),
    /// The template does not take the model, or the result would not conform to PDF/A and PDF/UA.
    #[error("cannot be laid out: {0}")]
    Layout(String),
}

/// Renders a document.
pub fn render(document: &Document, pictures: &Pictures) -> Result<Rendering, Error> {
    let paged = lay_out(document, pictures)?;
    let pages = page_total(&paged)?;
    if let Some(bates) = &document.bates {
        let numbers = (bates.last + 1).saturating_sub(bates.first);
        if numbers != pages {
            return Err(Error::PageNumbers { pages, numbers });
        }
    }
    let options = PdfOptions {
        ident: Smart::Custom(format!("{}/{}", document.case.id, document.name())),
        creator: Smart::Custom(None),
        timestamp: Some(Timestamp::new_utc(dated(&document.dated)?)),
        standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
            .expect("PDF/A-2a and PDF/UA-1 are both PDF 1.7"),
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&paged, &options).map_err(|errors| layout_error(&errors))?;
    let places = places(document, &paged);
    forget();
    Ok(Rendering { bytes, pages, places })
}

/// How many pages a document has. That does not depend on the page numbers it is given.
pub fn page_count(document: &Document, pictures: &Pictures) -> Result<u64, Error> {
    let mut numbered = document.clone();
    let prefix = document.bates.as_ref().map_or("", |bates| &bates.prefix).to_owned();
    numbered.bates = Some(Bates { prefix, first: 1, last: 1 });
    let pages = page_total(&lay_out(&numbered, pictures)?)?;
    forget();
    Ok(pages)
}

/// Numbers the pages of a whole production through, in the order given, and returns the next free number.
pub fn number_pages(
    documents: &mut [Document],
    pictures: &Pictures,
    prefix: &str,
    first: u64,
) -> Result<u64, Error> {
    let mut next = first;
    for document in documents {
        document.bates = Some(Bates { prefix: prefix.to_owned(), first: next, last: next });
        let pages = page_count(document, pictures)?;
        document.bates =
            Some(Bates { prefix: prefix.to_owned(), first: next, last: next + pages - 1 });
        next += pages;
    }
    Ok(next)
}

/// Tells findings of the linter the page that they are on.
pub fn locate(findings: &mut [Finding], rendering: &Rendering) {
    for finding in findings {
        finding.page = rendering.page_of(&finding.place);
    }
}

impl Rendering {
    /// The page on which a place of the document is, or on which its block starts.
    pub fn page_of(&self, place: &Place) -> Option<u64> {
        let of = |section: &str, block: usize| {
            let mut places = self.places.iter();
            let found = places.find(|place| place.section == section && place.block == block);
            found.map(|place| place.page)
        };
        match place {
            Place::Whole => None,
            Place::Caption => Some(1),
            Place::Heading { section } => of(section, 1),
            Place::Block { section, block, .. } => of(section, *block),
        }
    }
}

fn lay_out(document: &Document, pictures: &Pictures) -> Result<PagedDocument, Error> {
    let model = clean::model(document, world::shows)?;
    if model.len() > MODEL_BYTES_MAX {
        return Err(Error::ModelSize { bytes: model.len() });
    }
    let world = world::Paper::new(model, used_pictures(document, pictures)?);
    typst::compile::<PagedDocument>(&world).output.map_err(|errors| layout_error(&errors))
}

fn used_pictures(document: &Document, pictures: &Pictures) -> Result<Pictures, Error> {
    let mut used = Pictures::new();
    for section in &document.blocks {
        for block in &section.blocks {
            let Block::Picture(picture) = block else { continue };
            let sha256 = picture.sha256;
            let bytes = pictures.get(&sha256).ok_or(Error::PictureMissing { sha256 })?;
            if Digest::of(bytes) != sha256 {
                return Err(Error::PictureHash { sha256 });
            }
            used.insert(sha256, bytes.clone());
        }
    }
    Ok(used)
}

fn page_total(paged: &PagedDocument) -> Result<u64, Error> {
    let pages = paged.pages().len() as u64;
    if pages > PAGES_MAX { Err(Error::Pages { pages }) } else { Ok(pages) }
}

/// The template puts a mark before each block, in order.
fn places(document: &Document, paged: &PagedDocument) -> Vec<BlockPage> {
    let mark = Label::new(PicoStr::intern("place")).expect("the label is not empty");
    let introspector = Output::introspector(paged);
    let marks = introspector.query(&Selector::Label(mark));
    let blocks = document.blocks.iter().flat_map(|section| {
        (1..=section.blocks.len()).map(move |block| (section.id.clone(), block))
    });
    let pages = marks.iter().map(|mark| {
        let page = mark.location().and_then(|location| introspector.page(location));
        page.map_or(1, |page| page.get() as u64)
    });
    blocks.zip(pages).map(|((section, block), page)| BlockPage { section, block, page }).collect()
}

/// `2026-03-08T12:00:00.000000000Z` without its fraction.
fn dated(text: &str) -> Result<Datetime, Error> {
    let field = |from: usize, to: usize| {
        let digits = text.get(from..to).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<u32>().ok())
    };
    let parts = (|| {
        let separators = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
        let formed = separators.iter().all(|(at, mark)| text.get(*at..at + 1) == Some(*mark));
        let (year, month, day) = (field(0, 4)?, field(5, 7)?, field(8, 10)?);
        let (hour, minute, second) = (field(11, 13)?, field(14, 16)?, field(17, 19)?);
        (formed && text.ends_with('Z')).then_some(())?;
        Datetime::from_ymd_hms(
            year as i32,
            month as u8,
            day as u8,
            hour as u8,
            minute as u8,
            second as u8,
        )
    })();
    parts.ok_or(Error::Date)
}

fn layout_error(errors: &[SourceDiagnostic]) -> Error {
    Error::Layout(errors.first().map_or_else(String::new, |error| error.message.to_string()))
}

/// Typst remembers what it has computed. A rendering stays for the next one, and no longer.
fn forget() {
    comemo::evict(1);
}
