//! Which selectors, and so which accounts, belong together.
