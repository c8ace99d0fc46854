//! Which single values would each by itself make a pattern fit?

use super::{
    Pattern,
    syntax::{Check, Comparison, Expression, Literal, Test},
};

impl Pattern {
    /// The values of which any one makes the pattern fit, each as its path and its text, in the order of the pattern;
    /// `None` where it asks for more, or for anything but equality.
    pub fn plain(&self) -> Option<Vec<(String, String)>> {
        let mut values = Vec::new();
        expression(&self.expression, &mut values)?;
        Some(values)
    }
}

fn expression(expression: &Expression, values: &mut Vec<(String, String)>) -> Option<()> {
    match expression {
        Expression::Test(own) => comparison(own, values),
        Expression::Or(several) => several.iter().try_for_each(|one| self::expression(one, values)),
        _ => None,
    }
}

fn comparison(comparison: &Comparison, values: &mut Vec<(String, String)>) -> Option<()> {
    match comparison {
        Comparison::Or(several) => several.iter().try_for_each(|one| self::comparison(one, values)),
        Comparison::Test(Test { path, negated: false, check }) => {
            let literals = match check {
                Check::Equal(literal) => std::slice::from_ref(literal),
                Check::In(literals) => literals,
                // An address alone is a network with nothing else in it.
                Check::Subset(text) if !text.contains('/') => {
                    values.push((path.canonical(), text.clone()));
                    return Some(());
                }
                _ => return None,
            };
            for literal in literals {
                let text = match literal {
                    Literal::Text(text) => text.clone(),
                    Literal::Integer(number) => number.to_string(),
                    _ => return None,
                };
                values.push((path.canonical(), text));
            }
            Some(())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::pattern::Pattern;

    #[test]
    fn only_values_that_suffice_by_themselves_are_named() {
        let plain = |text: &str| Pattern::parse(text).unwrap().plain();
        let of = |values: &[(&str, &str)]| {
            let own = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
            Some(values.iter().map(own).collect::<Vec<_>>())
        };
        assert_eq!(
            plain("[domain-name:value = 'evil.com' OR email-addr:value IN ('a@b.c', 'd@e.f')]"),
            of(&[
                ("domain-name:value", "evil.com"),
                ("email-addr:value", "a@b.c"),
                ("email-addr:value", "d@e.f")
            ])
        );
        assert_eq!(
            plain("[autonomous-system:number = 64496] OR [ipv4-addr:value = '192.0.2.1']"),
            of(&[("autonomous-system:number", "64496"), ("ipv4-addr:value", "192.0.2.1")])
        );
        for text in [
            "[domain-name:value != 'evil.com']",
            "[domain-name:value NOT = 'evil.com']",
            "[domain-name:value = 'a.com' AND user-agent:value = 'x']",
            "[domain-name:value = 'a.com'] AND [user-agent:value = 'x']",
            "[domain-name:value LIKE '%.evil.com']",
            "[ipv4-addr:value ISSUBSET '192.0.2.0/24']",
            "[domain-name:value = 'a.com'] REPEATS 3 TIMES",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}
