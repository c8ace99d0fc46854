//! What are the objects that a pattern asks for?

use super::{
    Pattern,
    syntax::{Comparison, Expression},
};

impl Pattern {
    /// Whether it asks for objects of these types only.
    pub(crate) fn is_about(&self, object_types: &[&str]) -> bool {
        expression(&self.expression, object_types)
    }
}

fn expression(expression: &Expression, types: &[&str]) -> bool {
    match expression {
        Expression::Test(own) => comparison(own, types),
        Expression::And(several) | Expression::Or(several) | Expression::FollowedBy(several) => {
            several.iter().all(|one| self::expression(one, types))
        }
        Expression::Within(one, _)
        | Expression::Repeats(one, _)
        | Expression::StartStop(one, ..) => self::expression(one, types),
    }
}

fn comparison(comparison: &Comparison, types: &[&str]) -> bool {
    match comparison {
        Comparison::Or(several) | Comparison::And(several) => {
            several.iter().all(|one| self::comparison(one, types))
        }
        Comparison::Test(test) => types.contains(&test.path.object_type.as_str()),
    }
}
