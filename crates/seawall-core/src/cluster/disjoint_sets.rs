//! Which of many numbered things have been joined?

/// Sets of numbered things that only ever join (Galler and Fischer 1964, with halved paths).
#[derive(Clone, Debug)]
pub struct DisjointSets {
    /// Towards the first of its set; its own where it is that.
    towards: Vec<u32>,
}

impl DisjointSets {
    /// Each of `count` things by itself.
    pub fn new(count: usize) -> Self {
        Self { towards: (0..count as u32).collect() }
    }

    /// The thing that stands for a thing's set.
    pub fn first_of(&mut self, thing: u32) -> u32 {
        let mut thing = thing;
        while self.towards[thing as usize] != thing {
            let next = self.towards[thing as usize];
            self.towards[thing as usize] = self.towards[next as usize];
            thing = next;
        }
        thing
    }

    /// Joins the sets of two things; the smaller of the two that stood for them stands for all.
    pub fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.first_of(one), self.first_of(other));
        self.towards[one.max(other) as usize] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_relabelling_everything(
            joins in proptest::collection::vec((0_u32..30, 0_u32..30), 0..60)
        ) {
            let mut sets = DisjointSets::new(30);
            let mut labels: Vec<u32> = (0..30).collect();
            for (one, other) in joins {
                sets.join(one, other);
                let (a, b) = (labels[one as usize], labels[other as usize]);
                for label in labels.iter_mut().filter(|label| **label == a.max(b)) {
                    *label = a.min(b);
                }
            }
            for thing in 0..30 {
                prop_assert_eq!(sets.first_of(thing), labels[thing as usize]);
            }
        }
    }
}
