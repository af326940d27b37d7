//! `init`: writes a `lockstep.toml` to begin with.

use lockstep_analysis::profile::{Profile, Severity, builtin};
use lockstep_analysis::rules::{self, RULES};
use lockstep_store::init::write_new;

use crate::cli::output::count;
use crate::cli::{Context, Exit, UserError, profile_source};
use crate::workspace::local::CONFIG;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The profile to write into it [default: the detected one]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    if let Some(name) = &args.profile {
        profile_source(name)?;
    }
    let workspace = cx.read_once()?;
    let analysis = workspace.analysis();
    let named = args.profile.as_deref().and_then(builtin::profile);
    let of_rules = named.unwrap_or_else(|| analysis.profile.clone());
    let profile = args.profile.unwrap_or_else(|| analysis.profile.id.clone());
    let path = workspace.folder().join(CONFIG);
    write_new(&path, &text(&profile, &of_rules)).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            UserError::usage(format!("{} exists already", path.display()))
                .hint("edit it, or move it away")
        }
        _ => UserError::io(format!("{} cannot be written", path.display()), &error),
    })?;
    cx.out.line(&format!("wrote {}", path.display()))?;
    cx.out.line(&format!(
        "profile {profile}; here it reads {}, {}",
        count(analysis.index.docs.len(), "document"),
        count(analysis.index.tasks.len(), "task")
    ))?;
    Ok(Exit::Done)
}

fn text(profile: &str, of_rules: &Profile) -> String {
    let mut text = format!(
        "# How Lockstep reads this repository.\n\
         \n\
         # The profile says how tasks are kept. `lockstep profiles` lists the built-in profiles.\n\
         # Write `extends` instead of `profile` to change a profile below.\n\
         profile = \"{profile}\"\n\
         \n\
         # Where commands of an editor make a change: \"edit\" changes the text in the editor and\n\
         # leaves it unsaved; \"disk\" changes the files on disk in one transaction.\n\
         # commit = \"edit\"\n\
         \n\
         # The severity of each rule: \"error\", \"warning\", \"info\" or \"off\". `lockstep explain RULE`\n\
         # explains a rule.\n\
         [rules]\n"
    );
    for rule in RULES {
        let severity = rules::usual_severity(of_rules, rule).map_or("off", Severity::name);
        text.push_str(&format!("# {} = \"{severity}\"\n", rule.id));
    }
    text.push_str(
        "\n# Findings to ignore: those of a rule, or only those in some files or of one task.\n\
         # [[allow]]\n# rule = \"drift\"\n# path = \"specs/archive/**\"\n# task = \"58\"\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use lockstep_analysis::profile::config;

    use super::*;

    #[test]
    fn what_is_written_is_a_configuration_without_faults_also_when_uncommented() {
        let checklist = builtin::profile("checklist").expect("a profile");
        let commented = text("checklist", &checklist);
        let uncommented: String = commented
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.contains(" = ") || rest.starts_with('[') => rest,
                _ => line,
            })
            .flat_map(|line| [line, "\n"])
            .collect();
        for text in [commented, uncommented] {
            let config = config::parse(&text, &rules::ids());
            assert_eq!(config.problems, [], "{text}");
            assert_eq!(config.profile.expect("a profile").id, "checklist");
        }
    }
}
