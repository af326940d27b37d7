//! TOML as a tree that can be laid over another one.

use crate::text::TextRange;

/// A value with the place it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Where it stands in the user's file; `None` in a built-in profile.
    pub(crate) range: Option<TextRange>,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Table(Vec<(NodeKey, Node)>),
    Array(Vec<Node>),
    String(String),
    Integer(i64),
    Boolean(bool),
    Other(&'static str),
}

#[derive(Clone, Debug)]
pub(crate) struct NodeKey {
    pub(crate) name: String,
    pub(crate) range: Option<TextRange>,
}

impl Value {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Table(_) => "a table",
            Value::Array(_) => "an array",
            Value::String(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Boolean(_) => "a boolean",
            Value::Other(kind) => kind,
        }
    }
}

/// Parses TOML. `own` says whether ranges point into the user's file.
pub(crate) fn parse(text: &str, own: bool) -> Result<Node, (TextRange, String)> {
    let table = toml::de::DeTable::parse(text).map_err(|error| {
        let range = error.span().map_or(TextRange::default(), TextRange::from);
        (range, error.message().to_owned())
    })?;
    let range = own.then(|| TextRange::from(table.span()));
    Ok(Node { range, value: table_value(table.into_inner(), own) })
}

fn table_value(table: toml::de::DeTable<'_>, own: bool) -> Value {
    let rows = table.into_iter().map(|(key, value)| {
        let range = own.then(|| TextRange::from(key.span()));
        (NodeKey { name: key.into_inner().into_owned(), range }, node(value, own))
    });
    Value::Table(rows.collect())
}

fn node(value: toml::Spanned<toml::de::DeValue<'_>>, own: bool) -> Node {
    use toml::de::DeValue;
    let range = own.then(|| TextRange::from(value.span()));
    let value = match value.into_inner() {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("an integer out of range"), Value::Integer),
        DeValue::Boolean(flag) => Value::Boolean(flag),
        DeValue::Float(_) => Value::Other("a float"),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(items) => {
            Value::Array(items.into_iter().map(|item| node(item, own)).collect())
        }
        DeValue::Table(table) => table_value(table, own),
    };
    Node { range, value }
}

/// Lays `over` on `base`: tables key by key; roles and statuses entry by entry, by their `id`; all
/// else is replaced. A new role comes first, so that it takes its files before the others; a new
/// status comes last, so that roll-ups go on writing the statuses they wrote.
pub(crate) fn merge(base: Node, over: Node) -> Node {
    merge_below(base, over, Level::Profile)
}

/// What is being laid over what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Profile,
    Vocabulary,
    Roles,
    Statuses,
    /// What is merged key by key, or replaced.
    Rest,
}

impl Level {
    fn below(self, key: &str) -> Level {
        match (self, key) {
            (Level::Profile, "vocabulary") => Level::Vocabulary,
            (Level::Profile, "role") => Level::Roles,
            (Level::Vocabulary, _) => Level::Statuses,
            _ => Level::Rest,
        }
    }
}

fn merge_below(base: Node, over: Node, level: Level) -> Node {
    let value = match (level, base.value, over.value) {
        (_, Value::Table(rows), Value::Table(news)) => Value::Table(merge_rows(rows, news, level)),
        (Level::Roles | Level::Statuses, Value::Array(olds), Value::Array(news)) => {
            Value::Array(merge_entries(olds, news, level == Level::Roles))
        }
        (_, _, value) => value,
    };
    Node { range: over.range, value }
}

fn merge_rows(
    mut rows: Vec<(NodeKey, Node)>,
    news: Vec<(NodeKey, Node)>,
    level: Level,
) -> Vec<(NodeKey, Node)> {
    for (new_key, value) in news {
        match rows.iter_mut().find(|(key, _)| key.name == new_key.name) {
            Some((old_key, old)) => {
                *old = merge_below(old.clone(), value, level.below(&new_key.name));
                *old_key = new_key;
            }
            None => rows.push((new_key, value)),
        }
    }
    rows
}

fn merge_entries(mut olds: Vec<Node>, news: Vec<Node>, first: bool) -> Vec<Node> {
    let mut fresh = Vec::new();
    for new in news {
        let id = entry_id(&new).map(str::to_owned);
        let same = |old: &&mut Node| id.is_some() && entry_id(old) == id.as_deref();
        match olds.iter_mut().find(same) {
            // What an entry holds is not merged by id again: in it, `id` may mean something else.
            Some(old) => *old = merge_below(old.clone(), new, Level::Rest),
            None => fresh.push(new),
        }
    }
    let (mut one, mut two) = if first { (fresh, olds) } else { (olds, fresh) };
    one.append(&mut two);
    one
}

fn entry_id(node: &Node) -> Option<&str> {
    let Value::Table(rows) = &node.value else { return None };
    rows.iter().find_map(|(key, node)| match &node.value {
        Value::String(id) if key.name == "id" => Some(id.as_str()),
        _ => None,
    })
}
