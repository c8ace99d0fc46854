//! Can the method be judged? What FRE 702 asks of it, field by field; an empty field is a gap that blocks release.

use seawall_evidence::{document::Text, hash::Digest};

use super::{
    draft::Draft,
    known::Figure,
    words::{hash, joined, parameter, rule, text, version},
};

/// What must be said of a detector before its result is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MethodSheet {
    /// Its name.
    pub detector: Text,
    /// Its version.
    pub version: String,
    /// Hash of its configuration.
    pub configuration: Option<Digest>,
    /// What it reads.
    pub inputs: Vec<Text>,
    /// What it looks at, in plain words.
    pub features: Vec<Text>,
    /// From when on it reports.
    pub threshold: Text,
    /// What it was validated on.
    pub validation: Text,
    /// How many accounts people labelled, how many people, and how far they agreed.
    pub sample: Option<[Figure; 3]>,
    /// Which of the reported are fraudulent.
    pub precision: Option<Interval>,
    /// Which of the fraudulent are reported.
    pub recall: Option<Recall>,
    /// When it is known to be wrong.
    pub failure_modes: Vec<Text>,
    /// What was shuffled, and what the same procedure found in it.
    pub negative_control: Option<(Text, Figure)>,
    /// How it answers the rule.
    pub rule_702: Rule702,
}

/// A proportion with its interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The estimate.
    pub estimate: Figure,
    /// Lower bound.
    pub low: Figure,
    /// Upper bound.
    pub high: Figure,
    /// How sure: `95 %`.
    pub confidence: String,
}

/// Which of the fraudulent accounts are reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recall {
    /// It was measured.
    Measured(Box<Interval>),
    /// It cannot be measured, because of this.
    NotMeasurable(Text),
}

/// FRE 702(a) to (d).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule702 {
    /// (a) What the expertise helps to understand.
    pub helps: Text,
    /// (b) Why the facts or data suffice.
    pub data: Text,
    /// (c) Why principles and methods are reliable.
    pub method: Text,
    /// (d) Why they were applied reliably here.
    pub application: Text,
}

impl MethodSheet {
    /// Names of the fields that nobody has filled in. Release is refused while there is one.
    pub fn empty_fields(&self) -> Vec<&'static str> {
        let blank = |text: &Text| text.plain().trim().is_empty();
        let none = |texts: &[Text]| texts.iter().all(blank);
        [
            ("detector", blank(&self.detector)),
            ("version", self.version.trim().is_empty()),
            ("configuration", self.configuration.is_none()),
            ("inputs", none(&self.inputs)),
            ("features", none(&self.features)),
            ("threshold", blank(&self.threshold)),
            ("validation", blank(&self.validation)),
            ("sample", self.sample.is_none()),
            ("precision", self.precision.is_none()),
            (
                "recall",
                self.recall.as_ref().is_none_or(
                    |recall| matches!(recall, Recall::NotMeasurable(why) if blank(why)),
                ),
            ),
            ("failure_modes", none(&self.failure_modes)),
            (
                "negative_control",
                self.negative_control.as_ref().is_none_or(|(what, _)| blank(what)),
            ),
            ("rule_702_a", blank(&self.rule_702.helps)),
            ("rule_702_b", blank(&self.rule_702.data)),
            ("rule_702_c", blank(&self.rule_702.method)),
            ("rule_702_d", blank(&self.rule_702.application)),
        ]
        .into_iter()
        .filter_map(|(name, empty)| empty.then_some(name))
        .collect()
    }

    /// A field's text, or a gap where there is none.
    fn field(&self, name: &'static str, filled: impl FnOnce() -> Text) -> Text {
        if self.empty_fields().contains(&name) {
            Text::default().blank(format!("method_sheet.{name}"), "to be filled in")
        } else {
            filled()
        }
    }

    /// The sheet as tables.
    pub(super) fn write(&self, draft: &mut Draft) {
        let sample =
            self.sample.as_ref().map(|figures| figures.each_ref().map(|each| draft.figure(each)));
        let precision = self.precision.as_ref().map(|interval| interval.write(draft));
        let recall = self.recall.as_ref().map(|recall| match recall {
            Recall::Measured(interval) => interval.write(draft),
            Recall::NotMeasurable(why) => text("Not measurable: ").then(why.clone()),
        });
        let control = self.negative_control.as_ref().map(|(what, found)| {
            let found = draft.figure(found);
            what.clone().text(" The same procedure found ").then(found).text(" campaigns in it.")
        });
        let list = |texts: &[Text]| joined(texts.iter().cloned(), "; ");
        let given = |text: Option<Text>| text.unwrap_or_default();
        draft.facts(
            "Method sheet",
            vec![
                ("Detector", self.field("detector", || self.detector.clone())),
                ("Version", self.field("version", || version(&self.version))),
                (
                    "Configuration",
                    self.field("configuration", || given(self.configuration.as_ref().map(hash))),
                ),
                ("Inputs", self.field("inputs", || list(&self.inputs))),
                ("What it looks at", self.field("features", || list(&self.features))),
                ("Threshold", self.field("threshold", || self.threshold.clone())),
                ("Validation data", self.field("validation", || self.validation.clone())),
                (
                    "Labelled sample",
                    self.field("sample", || {
                        let [accounts, people, agreement] = sample.unwrap_or_default();
                        accounts
                            .text(" accounts, labelled by ")
                            .then(people)
                            .text(" people; agreement (kappa) ")
                            .then(agreement)
                    }),
                ),
                ("Precision", self.field("precision", || given(precision))),
                ("Recall", self.field("recall", || given(recall))),
                ("Known failures", self.field("failure_modes", || list(&self.failure_modes))),
                ("Negative control", self.field("negative_control", || given(control))),
            ],
        );
        let row =
            |part: &str, name, what: &Text| vec![rule(part), self.field(name, || what.clone())];
        draft.table(
            text("How the method answers ").then(rule("Rule 702")),
            &[("Part", 2, false), ("Answer", 7, false)],
            vec![
                row("Rule 702(a)", "rule_702_a", &self.rule_702.helps),
                row("Rule 702(b)", "rule_702_b", &self.rule_702.data),
                row("Rule 702(c)", "rule_702_c", &self.rule_702.method),
                row("Rule 702(d)", "rule_702_d", &self.rule_702.application),
            ],
        );
    }
}

impl Interval {
    /// `98.1 % (97.0 % to 98.9 %, confidence 95 %)`.
    pub(super) fn write(&self, draft: &mut Draft) -> Text {
        let [estimate, low, high] =
            [&self.estimate, &self.low, &self.high].map(|each| draft.figure(each));
        estimate
            .text(" (")
            .then(low)
            .text(" to ")
            .then(high)
            .text(", confidence ")
            .then(parameter(&self.confidence))
            .text(")")
    }
}
