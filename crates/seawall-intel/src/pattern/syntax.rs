//! What is a pattern made of?

/// What has to be observed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    /// One observation that fits.
    Test(Comparison),
    /// All of these, in any order.
    And(Vec<Self>),
    /// One of these.
    Or(Vec<Self>),
    /// Each of these, none before the one it follows.
    FollowedBy(Vec<Self>),
    /// All of it in so many seconds.
    Within(Box<Self>, f64),
    /// So often.
    Repeats(Box<Self>, u64),
    /// From a time on, and before another.
    StartStop(Box<Self>, String, String),
}

/// What one object has to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Comparison {
    /// One of these.
    Or(Vec<Self>),
    /// All of these.
    And(Vec<Self>),
    /// What a property has to be.
    Test(Test),
}

/// What a property has to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Test {
    pub(super) path: Path,
    /// `NOT`.
    pub(super) negated: bool,
    pub(super) check: Check,
}

/// A comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Check {
    Equal(Literal),
    NotEqual(Literal),
    Order(Order, Literal),
    In(Vec<Literal>),
    Like(String),
    Matches(String),
    Subset(String),
    Superset(String),
    Exists,
}

/// A comparison of what has an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Where a value is found: `network-traffic:dst_ref.value`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Path {
    pub(super) object_type: String,
    pub(super) steps: Vec<Step>,
}

impl Path {
    /// The path in one spelling.
    pub(super) fn canonical(&self) -> String {
        use std::fmt::Write as _;
        let mut text = format!("{}:", self.object_type);
        for (number, step) in self.steps.iter().enumerate() {
            let written = match step {
                Step::Key(key) => write!(text, "{}{key}", if number == 0 { "" } else { "." }),
                Step::Index(index) => write!(text, "[{index}]"),
                Step::Any => write!(text, "[*]"),
            };
            written.expect("into memory");
        }
        text
    }
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// Into a property.
    Key(String),
    /// To an element of a list.
    Index(i64),
    /// To any element of a list.
    Any,
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Integer(i64),
    Float(f64),
    Bytes(Vec<u8>),
    Text(String),
    Boolean(bool),
    /// RFC 3339, sound in its form; there may be no such day.
    Time(String),
}
