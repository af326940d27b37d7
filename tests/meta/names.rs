//! One name means one type, wherever it stands in the product.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::product;
use crate::support::repository::root;

/// Names that stand for a thing in each place where a registry or a platform asks for it.
const SHARED: &[&str] = &["Args", "Given", "Listener", "Process", "Stream"];

#[test]
fn no_type_of_the_product_has_the_name_of_another() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for krate in ["analysis", "fixture", "lockstep", "store"] {
        for (module, source) in product(&root().join("server").join(krate).join("src")) {
            for name in source.lines().filter_map(defined) {
                let place = format!("{krate}/{}", module.join("/"));
                places.entry(name.to_owned()).or_default().insert(place);
            }
        }
    }
    places.retain(|name, places| places.len() > 1 && !SHARED.contains(&name.as_str()));
    let twice: Vec<String> =
        places.iter().map(|(name, places)| format!("{name}: {places:?}")).collect();
    assert!(twice.is_empty(), "rename all but one of each:\n{}", twice.join("\n"));
}

/// The type that a line at the left margin defines.
fn defined(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let line = match line.strip_prefix("pub(") {
        Some(rest) => rest.split_once(") ")?.1,
        None => line,
    };
    let kinds = ["struct ", "enum ", "trait ", "type ", "union "];
    let name = kinds.iter().find_map(|kind| line.strip_prefix(kind))?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}
