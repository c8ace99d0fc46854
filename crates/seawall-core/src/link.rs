//! Which selectors are shared by more accounts than chance allows.
