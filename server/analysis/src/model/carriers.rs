//! Every kind of place where a status stands: one file each, and one line in [`CARRIERS`].

mod block;
mod check_box;
mod entry;
mod field;
mod figure;
mod front_matter;
mod heading;
mod json;
mod links;
mod listed;
mod marker;
mod old_status;
mod prose;
mod section;
mod sign;
pub(crate) mod spelling;
mod status_words;
mod table;
mod yaml;

use crate::model::carrier::Carrier;

pub(crate) use check_box::ended_day;

/// Every carrier, in the order in which a document is read: those that make entities come before
/// those that look for the entity around them.
pub static CARRIERS: &[&Carrier] = &[
    &heading::CARRIER,
    &field::CARRIER,
    &section::CARRIER,
    &table::CARRIER,
    &front_matter::CARRIER,
    &block::CARRIER,
    &entry::CARRIER,
    &listed::CARRIER,
    &check_box::CARRIER,
    &json::CARRIER,
    &yaml::CARRIER,
];

#[cfg(test)]
mod tests {
    use super::CARRIERS;

    #[test]
    fn no_two_carriers_have_one_name() {
        let mut ids: Vec<&str> = CARRIERS.iter().map(|carrier| carrier.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CARRIERS.len());
    }
}
