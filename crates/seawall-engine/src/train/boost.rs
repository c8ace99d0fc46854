//! Which trees tell the accounts of operations from those of people?
//!
//! A thin surface over `hessboost`: what goes in is plain numbers, what comes out are the core's own trees, which need no
//! library to be asked. Randomness is not used, so the same rows give the same trees on any number of threads.

use hessboost::{
    config::Monotone,
    prelude::{
        BoostedModel, DMatrix, ModelFormat, Objective, RegLoss, Trainer, TrainingParams, TreeMethod,
    },
};
use seawall_core::{
    decision::features::{Direction, FEATURES},
    model::trees::{LEAF, Node, Trees},
};

/// How trees are grown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// Trees, at most 300 for decisions to be quick.
    pub trees: usize,
    /// Questions in a row.
    pub depth: usize,
    /// Share of what a tree says that counts.
    pub rate: f64,
    /// Weight (of second derivatives) that a leaf needs.
    pub leaf_weight_min: f64,
    /// Threads to grow with; the trees do not depend on them.
    pub threads: usize,
}

impl Default for Growth {
    fn default() -> Self {
        Self { trees: 300, depth: 6, rate: 0.05, leaf_weight_min: 20.0, threads: 1 }
    }
}

/// Rows of numbers, one after the other, with what each is and how much it counts.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Features, row by row; NaN where there is no number.
    pub features: Vec<f32>,
    /// 1 for an operation's account, 0 for a person's.
    pub labels: Vec<f32>,
    /// Weights.
    pub weights: Vec<f32>,
    /// Log-odds to begin with.
    pub margins: Option<Vec<f32>>,
}

/// Trees as the library has them, and as the core does.
pub struct Grown {
    /// The core's.
    pub trees: Trees,
    library: BoostedModel,
}

impl Grown {
    /// The same trees in the JSON of `XGBoost`, for others to read.
    pub fn xgboost_json(&self) -> Result<Vec<u8>, String> {
        self.library.encode(ModelFormat::XgboostJson).map_err(|error| error.to_string())
    }
}

/// Grows trees.
pub fn grow(rows: &Rows, growth: &Growth) -> Result<Grown, String> {
    let said = |error: hessboost::prelude::HessboostError| error.to_string();
    let columns = FEATURES.len();
    let data = DMatrix::from_dense(&rows.features, rows.labels.len(), columns)
        .and_then(|data| data.with_labels(&rows.labels))
        .and_then(|data| data.with_weights(&rows.weights))
        .map_err(said)?;
    let data = match &rows.margins {
        Some(margins) => data.with_base_margin(margins).map_err(said)?,
        None => data,
    };
    let monotone = FEATURES.iter().map(|feature| match feature.direction {
        Direction::For => Monotone::Increasing,
        Direction::Against => Monotone::Decreasing,
        Direction::Any => Monotone::None,
    });
    let params = TrainingParams::builder()
        .objective(Objective::BinaryLogistic(RegLoss::default()))
        .tree_method(TreeMethod::Hist)
        .max_depth(growth.depth)
        .eta(growth.rate)
        .lambda(1.0)
        .min_child_weight(growth.leaf_weight_min)
        .base_score(0.5)
        .monotone_constraints(monotone.collect::<Vec<_>>())
        .nthread(growth.threads.max(1))
        .build()
        .map_err(said)?;
    let library = Trainer::new(&params, &data, growth.trees).train().map_err(said)?.model;
    let trees = library.trees().iter().map(own_tree).collect::<Result<_, _>>()?;
    Ok(Grown { trees: Trees { base: 0.0, trees }, library })
}

/// A tree of the library's as the core has it: pairs of nodes side by side, each with the average of what is below.
fn own_tree(tree: &hessboost::tree::RegTree) -> Result<Vec<Node>, String> {
    let theirs = tree.nodes();
    let mut own =
        vec![Node { feature: LEAF, missing_first: false, below: 0, threshold: 0.0, value: 0.0 }];
    // Places in theirs, and in ours; those above come first.
    let mut order = vec![(0_usize, 0_usize)];
    let mut next = 0;
    while let Some(&(from, to)) = order.get(next) {
        next += 1;
        let node = theirs.get(from).ok_or("a tree that names a node it has not")?;
        if node.is_leaf() {
            own[to].value = node.leaf_value;
            continue;
        }
        if node.is_categorical {
            return Err("a tree with categories, which no feature has".to_owned());
        }
        let below = own.len();
        own[to] = Node {
            feature: u16::try_from(node.split_feature).map_err(|_| "too many features")?,
            missing_first: node.default_left,
            below: below as u32,
            threshold: node.split_cond,
            value: 0.0,
        };
        for (child, place) in [(node.left, below), (node.right, below + 1)] {
            own.push(own[0]);
            own[place] =
                Node { feature: LEAF, missing_first: false, below: 0, threshold: 0.0, value: 0.0 };
            order.push((usize::try_from(child).map_err(|_| "a node without children")?, place));
        }
    }
    // From the leaves up: an average by how much of the data went where.
    let cover = |from: usize| f64::from(theirs[from].sum_hess);
    for &(from, to) in order.iter().rev() {
        if own[to].feature != LEAF {
            let (left, right) = (theirs[from].left as usize, theirs[from].right as usize);
            let below = own[to].below as usize;
            let (first, second) = (f64::from(own[below].value), f64::from(own[below + 1].value));
            let total = (cover(left) + cover(right)).max(f64::MIN_POSITIVE);
            own[to].value = ((first * cover(left) + second * cover(right)) / total) as f32;
        }
    }
    Ok(own)
}
