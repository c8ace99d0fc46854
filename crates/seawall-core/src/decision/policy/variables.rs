//! What can a rule ask?

use cel::{Value, common::value::CowVal, context::VariableResolver};

use crate::decision::{
    grounds::{Found, Grounds},
    record::{EVENT_TYPES, Inputs},
    scored::Scored,
};

/// Type of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableType {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Double,
    /// Text.
    String,
}

impl VariableType {
    /// Its word in CEL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Double => "double",
            Self::String => "string",
        }
    }
}

/// Something that a rule can ask.
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub variable_type: VariableType,
    /// What it is, and what it is where there is nothing to say.
    pub description: &'static str,
    /// Whether it rests on what only the last hours know, and so cannot be a reason to block.
    pub provisional: bool,
    /// Its value.
    pub(super) value: fn(&Grounds, &Inputs) -> Value,
}

const fn variable(
    name: &'static str,
    variable_type: VariableType,
    description: &'static str,
    value: fn(&Grounds, &Inputs) -> Value,
) -> Variable {
    Variable { name, variable_type, description, provisional: false, value }
}

const fn lately(
    name: &'static str,
    variable_type: VariableType,
    description: &'static str,
    value: fn(&Grounds, &Inputs) -> Value,
) -> Variable {
    Variable { name, variable_type, description, provisional: true, value }
}

/// What is known when a policy is asked. A rule asks for few variables, so none is made before it is asked for.
pub(super) struct Asked<'a> {
    pub(super) grounds: &'a Grounds,
    pub(super) inputs: &'a Inputs,
}

impl VariableResolver for Asked<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        let variable = VARIABLES.iter().find(|variable| variable.name == name)?;
        (variable.value)(self.grounds, self.inputs).try_into().ok().map(CowVal::Owned)
    }
}

fn membership(grounds: &Grounds, of: impl Fn(&Found) -> f64) -> Value {
    Value::Float(grounds.membership.as_ref().map_or(0.0, of))
}

fn scored(grounds: &Grounds, of: impl Fn(&Scored) -> f64) -> Value {
    Value::Float(grounds.scored.as_ref().map_or(0.0, of))
}

fn int(number: impl Into<i64>) -> Value {
    Value::Int(number.into())
}

fn text(text: &str) -> Value {
    Value::from(text)
}

use VariableType::{Bool, Double, Int, String as Text};

/// All of them.
pub static VARIABLES: &[Variable] = &[
    variable("event.type", Text, "`signup`, `login`, `challenge` or `action`", |_, inputs| {
        text(EVENT_TYPES[usize::from(inputs.event_type)].1)
    }),
    variable(
        "event.country",
        Text,
        "country of the address, two letters; empty where unknown",
        |_, inputs| {
            text(
                inputs
                    .country
                    .as_ref()
                    .and_then(|letters| std::str::from_utf8(letters).ok())
                    .unwrap_or(""),
            )
        },
    ),
    variable("account.age_seconds", Int, "seconds since its first event", |_, inputs| {
        int(inputs.age_seconds)
    }),
    variable("account.events", Int, "its events so far, this one included", |_, inputs| {
        int(inputs.events)
    }),
    variable("account.trusted", Bool, "the site's own word", |_, inputs| {
        Value::Bool(inputs.trusted)
    }),
    variable(
        "membership.bound",
        Bool,
        "the batch would let it join the campaign it fits best",
        |grounds, _| {
            Value::Bool(grounds.membership.as_ref().is_some_and(|found| found.membership.bound))
        },
    ),
    variable(
        "membership.bits",
        Double,
        "bits for membership, the prior included; 0 without a campaign",
        |grounds, _| membership(grounds, |found| found.membership.bits),
    ),
    variable("membership.probability", Double, "the same as a probability", |grounds, _| {
        membership(grounds, |found| found.membership.probability)
    }),
    variable("membership.families", Int, "families that bind it", |grounds, _| {
        int(grounds.membership.as_ref().map_or(0, |found| found.membership.families))
    }),
    variable("campaign.id", Text, "the campaign it fits best; empty without one", |grounds, _| {
        text(grounds.membership.as_ref().map_or("", |found| &found.membership.campaign))
    }),
    variable(
        "campaign.bits",
        Double,
        "bits of that campaign against innocent explanations",
        |grounds, _| membership(grounds, |found| found.campaign_bits),
    ),
    variable("campaign.accounts", Int, "its members", |grounds, _| {
        int(grounds.membership.as_ref().map_or(0, |found| found.campaign_members))
    }),
    variable("campaign.confidence", Double, "0 to 1, from bits, size and decoys", |grounds, _| {
        membership(grounds, |found| found.campaign_confidence)
    }),
    variable("indicators.count", Int, "indicators that it carries", |_, inputs| {
        int(inputs.indicators.len() as i64)
    }),
    lately(
        "provisional.bits",
        Double,
        "bits for a campaign in the making; 0 without one",
        |grounds, _| Value::Float(grounds.provisional.as_ref().map_or(0.0, |found| found.bits)),
    ),
    lately("provisional.families", Int, "families that bind it to that", |grounds, _| {
        int(grounds.provisional.as_ref().map_or(0, |found| found.families))
    }),
    lately("provisional.accounts", Int, "accounts of that so far", |grounds, _| {
        int(grounds.provisional.as_ref().map_or(0, |found| found.accounts))
    }),
    lately(
        "burst.selectors",
        Int,
        "its selectors that are shared by more accounts than expected",
        |grounds, _| int(grounds.burst_selectors),
    ),
    lately("burst.families", Int, "their families", |grounds, _| int(grounds.burst_families)),
    lately(
        "model.present",
        Bool,
        "an account model was asked: there is one, and this is a signup",
        |grounds, _| Value::Bool(grounds.scored.is_some()),
    ),
    lately(
        "model.probability",
        Double,
        "probability of being an operation's; 0 where no model was asked",
        |grounds, _| scored(grounds, |own| own.probability),
    ),
    lately("model.bits", Double, "log-odds of its trees", |grounds, _| {
        scored(grounds, |own| own.bits)
    }),
    lately("model.twin_bits", Double, "log-odds of its logistic twin", |grounds, _| {
        scored(grounds, |own| own.twin_bits)
    }),
    lately(
        "model.disagreement_bits",
        Double,
        "how far the two are apart; more than 3 is for a person to look at",
        |grounds, _| scored(grounds, |own| (own.bits - own.twin_bits).abs()),
    ),
    lately(
        "model.over",
        Bool,
        "above the threshold that keeps the stated share of people under its bound",
        |grounds, _| Value::Bool(grounds.scored.as_ref().is_some_and(|own| own.over)),
    ),
    lately(
        "model.false_positive_max",
        Double,
        "that bound; 1 where none is stated",
        |grounds, _| {
            let stated = grounds.scored.as_ref().and_then(|own| own.false_positive_max);
            Value::Float(stated.unwrap_or(1.0))
        },
    ),
    lately(
        "model.strata_stated",
        Bool,
        "three times the bound is kept for its own country and client too",
        |grounds, _| Value::Bool(grounds.scored.as_ref().is_some_and(|own| own.strata_stated)),
    ),
];
