//! How are dates, rules, names and numbers put into a text?

use seawall_evidence::{
    document::{LiteralKind, Text},
    hash::Digest,
};

use super::known::{Asset, Exhibit, Item, RecordField};

pub(super) fn text(words: &str) -> Text {
    Text::new(words)
}

/// A rule, a statute or a standard.
pub(super) fn rule(words: &str) -> Text {
    Text::default().literal(LiteralKind::Citation, words)
}

/// A day or a moment.
pub(super) fn date(words: &str) -> Text {
    Text::default().literal(LiteralKind::Date, words)
}

/// An address, a docket number or the like.
pub(super) fn identifier(words: &str) -> Text {
    Text::default().literal(LiteralKind::Identifier, words)
}

/// A number that was set and not measured.
pub(super) fn parameter(words: &str) -> Text {
    Text::default().literal(LiteralKind::Parameter, words)
}

/// What one types.
pub(super) fn command(words: &str) -> Text {
    Text::default().literal(LiteralKind::Command, words)
}

pub(super) fn version(words: &str) -> Text {
    Text::default().literal(LiteralKind::Version, words)
}

pub(super) fn hash(digest: &Digest) -> Text {
    identifier(&digest.to_string())
}

/// Enough of a hash to tell it from others on a page.
pub(super) fn short_hash(digest: &Digest) -> Text {
    identifier(&format!("sha256:{}", &digest.to_string()[..12]))
}

pub(super) fn field(field: &RecordField) -> Text {
    Text::default().field(&field.id, &field.field, &field.shown)
}

pub(super) fn optional(field_shown: Option<&RecordField>) -> Text {
    field_shown.map_or_else(|| text("–"), field)
}

pub(super) fn item(item: &Item) -> Text {
    Text::default().reference(&item.id, &item.id)
}

pub(super) fn exhibit(exhibit: &Exhibit) -> Text {
    Text::default().reference(&exhibit.number, &exhibit.number)
}

/// The name of an asset, with that in its own script beside it.
pub(super) fn asset(asset: &Asset) -> Text {
    let name = Text::default().reference(&asset.id, &asset.name);
    match &asset.unicode_name {
        Some(unicode) => name.text(" (").reference(&asset.id, unicode).text(")"),
        None => name,
    }
}

/// Texts one after the other.
pub(super) fn joined(texts: impl IntoIterator<Item = Text>, between: &str) -> Text {
    let mut texts = texts.into_iter();
    let first = texts.next().unwrap_or_default();
    texts.fold(first, |all, next| all.text(between).then(next))
}

/// References one after the other, or a dash.
pub(super) fn references(pairs: &[(String, String)]) -> Text {
    if pairs.is_empty() {
        return text("–");
    }
    joined(pairs.iter().map(|(id, shown)| Text::default().reference(id, shown)), ", ")
}
