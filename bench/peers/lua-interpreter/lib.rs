//! Empty: cargo only fetches what `Cargo.toml` names.
