--- The server of a buffer: how it is found, asked, and what it answers in common.
local M = {}

local TIMEOUT_MS = 2000 -- how long a completion waits for the server

function M.say(message, level)
  vim.notify('lockstep: ' .. message, level or vim.log.levels.INFO)
end

function M.complain(message)
  M.say(message, vim.log.levels.ERROR)
end

--- The server of this buffer, else the only one there is.
function M.find_client()
  local here = vim.lsp.get_clients({ name = 'lockstep', bufnr = 0 })
  local all = #here > 0 and here or vim.lsp.get_clients({ name = 'lockstep' })
  if #all == 1 or #here > 0 then
    return all[1]
  end
  return nil, #all == 0 and 'no server is running for this buffer (:checkhealth lockstep)'
    or 'several servers are running: go to a file of the one you mean'
end

--- Calls `action` with the client, or says why there is none.
function M.with_client(action)
  local client, reason = M.find_client()
  if client then
    return action(client)
  end
  M.complain(reason)
end

--- The folder that paths in the server's answers are relative to.
function M.root(client)
  local folder = (client.workspace_folders or {})[1]
  return client.root_dir or (folder and vim.uri_to_fname(folder.uri)) or vim.fn.getcwd()
end

--- The task is named by its id, or else by the place of the cursor, which the server resolves.
function M.target(client, id)
  if id then
    return { task = id }
  end
  local place = vim.lsp.util.make_position_params(0, client.offset_encoding)
  return { uri = place.textDocument.uri, position = place.position }
end

--- The answer of a request with its error, waited for.
function M.answer(client, method, params)
  return client:request_sync(method, next(params) and params or vim.empty_dict(), TIMEOUT_MS, 0) or {}
end

--- The answer of a request, or nothing: completion must not disturb.
function M.ask(client, method, params)
  return M.answer(client, method, params).result
end

function M.tasks(client)
  local list = M.ask(client, 'lockstep/tasks', {})
  return list and list.tasks or {}
end

function M.task_ids(client)
  return vim.tbl_map(function(task)
    return tostring(task.id)
  end, M.tasks(client))
end

--- Those of `words` that begin with what was typed.
function M.starting_with(lead, words)
  return vim.tbl_filter(function(word)
    return vim.startswith(word:lower(), lead:lower())
  end, words)
end

return M
