//! The only callers of the façade in tests: a workspace written as a fixture in, expectations
//! compared. `workspace` loads, `checks` compares, `pages` holds the documentation to its word, `random`
//! changes texts.

mod checks;
mod facts;
mod pages;
mod places;
pub(crate) mod random;
mod workspace;

pub(crate) use checks::{
    check_action, check_all_rules, check_fix, check_fix_all, check_hover, check_no_action,
    check_rule, check_transitions, intent, set, set_phase, set_with,
};
pub(crate) use facts::check_facts;
pub(crate) use pages::{check_action_doc, check_profile_doc, check_rule_doc};
pub(crate) use places::{
    OF_WORK, at_cursor, examples, findings_by_rule, new_findings, place, silent_examples,
};
pub(crate) use workspace::{analysis, changed, normal, result};

/// Now, for every test.
pub(crate) const AT: &str = "2026-01-02T03:04:05Z";
