//! The filters are the examples of this crate.
