//! The product's sources without its tests, module by module.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::repository::{read, rust_files};

/// A module by its path within the crate; the crate itself has none.
pub type Module = Vec<String>;

/// The modules of the crate whose sources are in `folder`, each with its text: neither tests nor
/// comments.
pub fn product(folder: &Path) -> BTreeMap<Module, String> {
    let module = |file: &Path| -> Module {
        let path = file.strip_prefix(folder).expect("it is in the folder").with_extension("");
        let names = path.iter().map(|name| name.to_string_lossy().into_owned());
        names.filter(|name| name != "lib").collect()
    };
    let all: BTreeMap<Module, String> =
        rust_files(folder).iter().map(|file| (module(file), read(file))).collect();
    let is_test = |module: &Module| {
        let is_named = module.iter().any(|name| name == "tests" || name == "testing");
        is_named
            || (1..=module.len()).any(|n| {
                let declared = format!("#[cfg(test)]\nmod {};", module[n - 1]);
                let indented = format!("#[cfg(test)]\n    mod {};", module[n - 1]);
                let parent = all.get(&module[..n - 1]);
                parent.is_some_and(|it| it.contains(&declared) || it.contains(&indented))
            })
    };
    let product = all.iter().filter(|(module, _)| !is_test(module));
    product.map(|(module, source)| (module.clone(), untested(source))).collect()
}

/// A source up to the tests in it, without comments. The lines stay where they are.
pub fn untested(source: &str) -> String {
    let is_test = |pair: &[&str]| {
        pair[0].starts_with("#[cfg(") && pair[0].contains("test") && pair[1].starts_with("mod ")
    };
    let lines: Vec<&str> = source.lines().collect();
    let end = lines.windows(2).position(|pair| is_test(pair) && pair[1].ends_with('{'));
    let kept = lines[..end.unwrap_or(lines.len())].iter();
    kept.map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect()
}

/// Which modules each module names.
pub fn graph(folder: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let modules = product(folder);
    let named = |own: &Module, source: &str| {
        let paths = paths(source).into_iter();
        let seen = paths.filter_map(|path| resolve(&modules, own, &path));
        seen.filter(|seen| seen != own).collect()
    };
    modules.iter().map(|(own, source)| (own.clone(), named(own, source))).collect()
}

/// The module that a path leads into, as `own` names it; `None` for what is not of the crate.
fn resolve(modules: &BTreeMap<Module, String>, own: &Module, path: &str) -> Option<Module> {
    let mut names = path.split("::").map(|name| name.trim().trim_start_matches("r#")).peekable();
    let mut at = own.clone();
    match names.peek()? {
        &"crate" => {
            at.clear();
            names.next();
        }
        &"self" | &"super" => {
            while let Some(name) = names.next_if(|name| ["self", "super"].contains(name)) {
                if name == "super" {
                    at.pop();
                }
            }
        }
        child => {
            at.push((*child).to_owned());
            return modules.contains_key(&at).then(|| deepest(modules, at, names.skip(1)));
        }
    }
    Some(deepest(modules, at, names))
}

fn deepest<'a>(
    modules: &BTreeMap<Module, String>,
    mut at: Module,
    names: impl Iterator<Item = &'a str>,
) -> Module {
    for name in names {
        at.push(name.to_owned());
        if !modules.contains_key(&at) {
            at.pop();
            break;
        }
    }
    at
}

/// The paths in a source: those of `use`, one by one, and those that are written out.
fn paths(source: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || "_:#".contains(c);
    let mut paths = Vec::new();
    for statement in source.split(';') {
        let lines = statement.lines().map(str::trim_start);
        let mut lines = lines.skip_while(|line| !is_use(line)).peekable();
        if lines.peek().is_some() {
            let tree = lines.collect::<Vec<_>>().join(" ");
            let tree = tree.split_once("use ").map_or("", |(_, tree)| tree);
            spread("", tree, &mut paths);
        }
    }
    let written = source.split(|c: char| !is_part(c)).filter(|path| path.contains("::"));
    paths.extend(written.map(str::to_owned));
    paths
}

fn is_use(line: &str) -> bool {
    let visible = line.strip_prefix("pub").map_or(line, |rest| {
        let rest = rest.trim_start();
        rest.strip_prefix('(').and_then(|rest| rest.split_once(") ")).map_or(rest, |(_, it)| it)
    });
    visible.starts_with("use ")
}

/// Adds the paths of a tree of `use`: `a::{b, c::{d}}` is `a::b` and `a::c::d`.
fn spread(before: &str, tree: &str, paths: &mut Vec<String>) {
    let (mut depth, mut start) = (0, 0);
    for (at, c) in tree.char_indices().chain([(tree.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let part = tree[start..at].trim();
                match part.split_once('{') {
                    Some((head, rest)) => {
                        let rest = rest.trim_end().strip_suffix('}').unwrap_or(rest);
                        spread(&format!("{before}{head}"), rest, paths);
                    }
                    None => paths
                        .push(format!("{before}{}", part.split(" as ").next().unwrap_or_default())),
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}
