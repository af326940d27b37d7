//! One client, served request by request, in the order in which they come.

use std::io::{self, BufRead};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use crate::mcp::failure::ToolFailure;
use crate::mcp::folder::{CallFolder, McpOptions};
use crate::mcp::listen::{Addresses, MessageSink, ResourceWatches};
use crate::mcp::wire::{self, Era, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, RpcError};
use crate::mcp::{resources, tools};
use crate::workspace::commit::user;

/// What a model is told of the server, where its client tells it.
const INSTRUCTIONS: &str = "Task status stands in several files of a repository. Never edit a status \
     by hand: `set_status` changes every place at once, if the task is still as you saw it.";

/// For how long the list of tools holds, in milliseconds: as long as the program.
const LONG: u64 = 3_600_000;

/// So much of a client's name is told.
const NAME: usize = 40;

/// Serves standard input and output until the client leaves.
pub fn serve_stdio(options: McpOptions) -> io::Result<()> {
    let sink = MessageSink::new(io::stdout());
    McpServer::new(options, sink).serve(&mut io::stdin().lock())
}

#[derive(Debug)]
struct McpServer {
    options: McpOptions,
    sink: MessageSink,
    /// What `initialize` said of the client, where it came.
    begun: Option<String>,
    /// Who listens to what.
    watches: ResourceWatches,
}

impl McpServer {
    fn new(options: McpOptions, sink: MessageSink) -> McpServer {
        let watches = ResourceWatches::new(options.alone, sink.clone());
        McpServer { options, sink, begun: None, watches }
    }

    fn serve(&mut self, input: &mut impl BufRead) -> io::Result<()> {
        while let Some(line) = wire::read_line(input)? {
            let answer = match line.map(|line| serde_json::from_slice::<Value>(&line)) {
                Ok(Ok(message)) => self.take(&message),
                Ok(Err(error)) => {
                    let error = RpcError::new(wire::PARSE_ERROR, error.to_string());
                    Some(wire::response(&Value::Null, Err(error)))
                }
                Err(error) => Some(wire::response(&Value::Null, Err(error))),
            };
            if let Some(answer) = answer {
                match self.sink.send(&answer) {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                    sent => sent?,
                }
            }
        }
        Ok(())
    }

    /// The answer to a message, where it wants one.
    fn take(&mut self, message: &Value) -> Option<Value> {
        let id = message.get("id");
        let is_answer = message.get("result").is_some() || message.get("error").is_some();
        let Some(method) = message["method"].as_str() else {
            let wrong = RpcError::new(INVALID_REQUEST, "the message has no method");
            let id = id.unwrap_or(&Value::Null);
            return (!is_answer).then(|| wire::response(id, Err(wrong)));
        };
        let params = message.get("params").unwrap_or(&Value::Null);
        let Some(id) = id else {
            self.take_notification(method, params);
            return None;
        };
        if !id.is_string() && !id.is_i64() && !id.is_u64() {
            let wrong = RpcError::new(INVALID_REQUEST, "the id is neither a text nor a number");
            return Some(wire::response(&Value::Null, Err(wrong)));
        }
        let outcome = self.answer(id, method, params).transpose()?;
        Some(wire::response(id, outcome))
    }

    fn take_notification(&mut self, method: &str, params: &Value) {
        if method == "notifications/cancelled" {
            self.watches.end(&params["requestId"].to_string());
        }
    }

    /// The result of a request; `None` where it comes later.
    fn answer(
        &mut self,
        id: &Value,
        method: &str,
        params: &Value,
    ) -> Result<Option<Value>, RpcError> {
        let era = wire::era(method, params, self.begun.is_some())?;
        let is_legacy = era == Era::Legacy;
        let result = match method {
            "initialize" => self.initialize(params),
            "ping" if is_legacy => json!({}),
            "server/discover" if !is_legacy => {
                let discovered = json!({
                    "supportedVersions": [wire::MODERN],
                    "capabilities": capabilities(),
                    "instructions": INSTRUCTIONS,
                });
                wire::cached(era, discovered, LONG, true)
            }
            "tools/list" => wire::cached(era, json!({ "tools": tools::list() }), LONG, true),
            "tools/call" => self.call(params)?,
            "resources/list" => {
                wire::cached(era, json!({ "resources": resources::list() }), LONG, true)
            }
            "resources/templates/list" => {
                let templates = json!({ "resourceTemplates": resources::templates() });
                wire::cached(era, templates, LONG, true)
            }
            "resources/read" => wire::cached(era, self.read(params)?, 0, false),
            "subscriptions/listen" if !is_legacy => {
                self.listen(id, params)?;
                return Ok(None);
            }
            "resources/subscribe" if is_legacy => self.subscribe(params)?,
            "resources/unsubscribe" if is_legacy => {
                self.watches.remove(uri(params)?);
                json!({})
            }
            _ => return Err(RpcError::new(METHOD_NOT_FOUND, format!("no method `{method}`"))),
        };
        Ok(Some(wire::result(era, result)))
    }

    fn initialize(&mut self, params: &Value) -> Value {
        let name = params["clientInfo"]["name"].as_str().unwrap_or_default();
        self.begun = Some(name.to_owned());
        let asked = params["protocolVersion"].as_str().unwrap_or_default();
        let known = wire::LEGACY.into_iter().find(|version| *version == asked);
        json!({
            "protocolVersion": known.unwrap_or(wire::LEGACY[0]),
            "capabilities": capabilities(),
            "serverInfo": wire::server_info(),
            "instructions": INSTRUCTIONS,
        })
    }

    /// For whom a request is made, for the history.
    fn who(&self, params: &Value) -> String {
        let client = wire::client(params).or(self.begun.as_deref()).unwrap_or_default();
        let client: String = client.chars().filter(|c| !c.is_control()).take(NAME).collect();
        match client.trim() {
            "" => user(),
            client => format!("{} in {client}", user()),
        }
    }

    fn folder(&self, named: Option<&str>, params: &Value) -> tools::Called<CallFolder> {
        CallFolder::find(&self.options, named, &self.who(params))
    }

    fn call(&self, params: &Value) -> Result<Value, RpcError> {
        let name = params["name"].as_str().unwrap_or_default();
        let Some(tool) = tools::find(name) else {
            let known: Vec<&str> = tools::names().collect();
            let message = format!("no tool `{name}`; known: {}", known.join(", "));
            return Err(RpcError::new(INVALID_PARAMS, message));
        };
        let given = params.get("arguments").filter(|it| !it.is_null());
        let arguments = given.cloned().unwrap_or_else(|| json!({}));
        let call = || {
            let folder = self.folder(tools::root(&arguments)?, params)?;
            (tool.call)(&folder, arguments)
        };
        // The next call is answered whatever becomes of this one.
        let done = catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
            Err(ToolFailure::internal("a fault of the program; its standard error says which"))
        });
        let (is_error, content) = match done {
            Ok(content) => (false, content),
            Err(failure) => (true, json!(failure)),
        };
        let text = content.to_string();
        Ok(json!({
            "content": [{ "type": "text", "text": text }],
            "structuredContent": content,
            "isError": is_error,
        }))
    }

    fn read(&self, params: &Value) -> Result<Value, RpcError> {
        let uri = uri(params)?;
        let folder = self.folder(None, params).map_err(failed)?;
        let found = resources::read(uri, &folder).ok_or_else(|| unknown(uri))?;
        let text = found.map_err(failed)?.to_string();
        Ok(json!({ "contents": [{ "uri": uri, "mimeType": "application/json", "text": text }] }))
    }

    /// Begins to tell of resources, and says first of which.
    fn listen(&mut self, id: &Value, params: &Value) -> Result<(), RpcError> {
        let wanted = params["notifications"]["resourceSubscriptions"].as_array();
        let wanted = wanted.into_iter().flatten().filter_map(Value::as_str);
        let request = id.to_string();
        if self.watches.listens(&request) {
            let message = format!("the request {request} listens already");
            return Err(RpcError::new(INVALID_REQUEST, message));
        }
        let sink = self.sink.clone();
        let acknowledge = |addresses: &Addresses| {
            let uris: Vec<&String> = addresses.keys().collect();
            let mut told = json!({ "notifications": { "resourceSubscriptions": uris } });
            told["_meta"] = json!({ wire::SUBSCRIPTION_KEY: id });
            // Nobody may be left to be told.
            let method = "notifications/subscriptions/acknowledged";
            let _ = sink.send(&wire::notification(method, told));
        };
        let folder = self.folder(None, params).map_err(failed)?;
        let wanted =
            wanted.filter_map(|uri| Some((uri.to_owned(), resources::known(uri, &folder)?.ok()?)));
        let addresses: Addresses = wanted.collect();
        self.watches.add(&folder, id, addresses, acknowledge).map_err(unheard)
    }

    fn subscribe(&mut self, params: &Value) -> Result<Value, RpcError> {
        let uri = uri(params)?;
        let folder = self.folder(None, params).map_err(failed)?;
        let task = resources::known(uri, &folder).ok_or_else(|| unknown(uri))?.map_err(failed)?;
        let addresses = Addresses::from([(uri.to_owned(), task)]);
        self.watches.add(&folder, &Value::Null, addresses, |_| {}).map_err(unheard)?;
        Ok(json!({}))
    }
}

/// The error of a request about something that a tool would answer with a failure.
fn failed(failure: ToolFailure) -> RpcError {
    let data = Some(json!(failure));
    RpcError { data, ..RpcError::new(INVALID_PARAMS, failure.fact) }
}

fn unheard(error: io::Error) -> RpcError {
    RpcError::new(wire::INTERNAL_ERROR, error.to_string())
}

fn capabilities() -> Value {
    json!({ "tools": {}, "resources": { "subscribe": true } })
}

fn uri(params: &Value) -> Result<&str, RpcError> {
    let missing = || RpcError::new(INVALID_PARAMS, "`uri` is missing");
    params["uri"].as_str().ok_or_else(missing)
}

fn unknown(uri: &str) -> RpcError {
    RpcError::new(INVALID_PARAMS, format!("no resource `{uri}`"))
}
