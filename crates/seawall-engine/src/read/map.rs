//! What are our fields called in somebody else's log?

use std::path::Path;

use super::field::{Field, NameTable};
use crate::Error;

/// Longest accepted map file.
const MAP_BYTES_MAX: u64 = 1 << 20;

/// Names of our fields in the source, as read from a TOML file of lines `ours = "theirs"`.
///
/// A field that is mapped is read from its mapped name only; the others keep their own names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldMap {
    /// In the order of the fields.
    names: Vec<(Field, String)>,
}

impl FieldMap {
    /// Reads a map from a file of at most 1 MiB.
    pub fn open(path: &Path) -> Result<Self, Error> {
        use std::io::Read as _;
        let file = fs_err::File::open(path).map_err(|source| Error::from_read(path, source))?;
        let mut text = String::new();
        file.take(MAP_BYTES_MAX + 1)
            .read_to_string(&mut text)
            .map_err(|source| Error::from_read(path, source))?;
        if text.len() as u64 > MAP_BYTES_MAX {
            let message = "longer than 1 MiB".to_owned();
            return Err(Error::MapSyntax { path: path.into(), message });
        }
        Self::parse(&text, path)
    }

    /// Reads a map from text; `path` is only for messages.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let syntax = |message: String| Error::MapSyntax { path: path.into(), message };
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| syntax(error.message().to_owned()))?;
        let mut names: Vec<(Field, String)> = Vec::new();
        for (name, value) in &table {
            let Some(field) = Field::from_name(name) else {
                return Err(Error::MapField {
                    path: path.into(),
                    name: name.clone(),
                    hint: hint_for(name, value.as_str()),
                });
            };
            let theirs = match value.as_str() {
                Some(theirs) if !theirs.is_empty() => theirs,
                _ => return Err(syntax(format!("`{name}` is not given a name in quotes"))),
            };
            names.push((field, theirs.to_owned()));
        }
        names.sort();
        let map = Self { names };
        map.check(path)?;
        Ok(map)
    }

    /// No source name may fill two fields.
    fn check(&self, path: &Path) -> Result<(), Error> {
        let mut all = self.names.clone();
        all.sort_by(|first, second| (&first.1, first.0).cmp(&(&second.1, second.0)));
        match all.windows(2).find(|pair| pair[0].1 == pair[1].1) {
            None => Ok(()),
            Some(pair) => Err(Error::MapTwice {
                path: path.into(),
                theirs: pair[0].1.clone(),
                first: pair[0].0.name(),
                second: pair[1].0.name(),
            }),
        }
    }

    /// The table to look names up in. A name of ours that a mapped field has taken is no longer read
    /// into the field it is named after.
    pub(crate) fn table(&self) -> NameTable {
        let mut names: Vec<(Box<str>, Field)> =
            self.names.iter().map(|(field, theirs)| (theirs.as_str().into(), *field)).collect();
        for field in Field::ALL {
            let mapped = self.names.iter().any(|(ours, _)| *ours == field);
            let taken = self.names.iter().any(|(_, theirs)| theirs == field.name());
            if !mapped && !taken {
                names.push((field.name().into(), field));
            }
        }
        NameTable::new(names)
    }
}

fn hint_for(name: &str, value: Option<&str>) -> String {
    if let Some(ours) = value.and_then(Field::from_name) {
        return format!("ours stands on the left: {ours} = \"{name}\"");
    }
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let wanted = plain(name);
    let near = Field::ALL.into_iter().find(|field| {
        let ours = plain(field.name());
        wanted.len() > 2 && (ours.contains(&wanted) || wanted.contains(&ours))
    });
    if let Some(field) = near {
        return format!("did you mean `{field}`?");
    }
    let names: Vec<&str> = Field::ALL.into_iter().map(Field::name).collect();
    format!("the fields are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<FieldMap, Error> {
        FieldMap::parse(text, Path::new("map.toml"))
    }

    #[test]
    fn a_mapped_field_is_read_from_its_mapped_name_only() {
        let table = parse("account = \"user_id\"\nemail = 'mail'").expect("a valid map").table();
        assert_eq!(table.field("user_id"), Some(Field::Account));
        assert_eq!(table.field("account"), None);
        assert_eq!(table.field("mail"), Some(Field::Email));
        assert_eq!(table.field("time"), Some(Field::Time));
        assert_eq!(table.name_of(Field::Account), "user_id");
    }

    #[test]
    fn a_name_of_ours_taken_by_another_field_is_read_there() {
        let table = parse("account = \"username\"").expect("a valid map").table();
        assert_eq!(table.field("username"), Some(Field::Account));
    }

    #[test]
    fn mistakes_are_explained() {
        let message = |text: &str| parse(text).expect_err("a mistake").to_string();
        assert!(
            message("user_id = \"account\"").contains("hint: ours stands on the left: account")
        );
        assert!(message("useragent = \"ua\"").contains("did you mean `user_agent`?"));
        assert!(message("colour = \"c\"").contains("the fields are time, type"));
        assert!(message("email = 3").contains("`email` is not given a name in quotes"));
        assert!(message("email = \"a\"\nphone = \"a\"").contains("both `email` and `phone`"));
        assert!(message("email = ").contains("cannot be read"));
        assert_eq!(parse("email = ").expect_err("a mistake").class(), crate::ErrorClass::Usage);
    }
}
