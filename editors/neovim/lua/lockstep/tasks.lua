--- Tasks as lists: the quickfix list, a choice by |vim.ui.select()|, what can be begun, and a line of status.
local M = {}

local server = require('lockstep.server')

--- The first occurrence of a task. Columns of the list count characters: UTF-32 in the words of the protocol.
local function location(client, task)
  local first = (task.occurrences or {})[1]
  if not first then
    return nil
  end
  local place = { line = first.line - 1, character = first.column - 1 }
  return {
    uri = vim.uri_from_fname(vim.fs.joinpath(server.root(client), first.path)),
    range = { start = place, ['end'] = place },
    task = task,
  }
end

local function title(task)
  local drift = task.agreed == false and ' (its files disagree)' or ''
  return ('%s [%s] %s%s'):format(task.id, task.status or '?', task.title or '', drift)
end

local function places(client, wanted)
  local found = {}
  for _, task in ipairs(server.tasks(client)) do
    if wanted(task) then
      table.insert(found, location(client, task))
    end
  end
  return found
end

--- Has the user choose among tasks, and goes to the one that is chosen.
local function choose(client, prompt, wanted)
  local found = places(client, wanted)
  if #found == 0 then
    return server.say('no such tasks here')
  end
  vim.ui.select(found, {
    prompt = prompt,
    kind = 'lockstep.task',
    format_item = function(place)
      return title(place.task)
    end,
  }, function(place)
    if place then
      vim.lsp.util.show_document(place, 'utf-32', { focus = true })
    end
  end)
end

--- Fills the quickfix list.
function M.list()
  server.with_client(function(client)
    local found = places(client, function()
      return true
    end)
    if #found == 0 then
      return server.say('no tasks here')
    end
    local items = vim.lsp.util.locations_to_items(found, 'utf-32')
    for _, item in ipairs(items) do
      item.text = title(item.user_data.task)
      item.type = item.user_data.task.agreed == false and 'W' or ''
    end
    vim.fn.setqflist({}, ' ', { title = 'Lockstep tasks', items = items })
    vim.cmd('botright copen')
  end)
end

--- Chooses a task, of those with a status or category where one is named, and goes there.
function M.pick(opts)
  server.with_client(function(client)
    local word = opts.fargs[1]
    choose(client, 'Task', function(task)
      return not task.archived and (not word or task.status == word or task.category == word)
    end)
  end)
end

--- Chooses a task that waits for nothing and is not begun.
function M.next()
  server.with_client(function(client)
    choose(client, 'Next task', function(task)
      return task.ready and task.category == 'open'
    end)
  end)
end

--- Statuses and categories that tasks have.
function M.complete_pick(lead)
  local client = server.find_client()
  local words = {}
  for _, task in ipairs(client and server.tasks(client) or {}) do
    words[task.status or task.category or 'open'] = true
    words[task.category or 'open'] = true
  end
  return server.starting_with(lead, vim.fn.sort(vim.tbl_keys(words)))
end

-- The line of status ---------------------------------------------------------------------------------------------------

local lines = {} -- client id -> what its tasks come to, in words
local asked = {} -- client id -> true while an answer is waited for

local function in_words(tasks)
  local counts, apart = {}, 0
  for _, task in ipairs(tasks) do
    if not task.archived then
      counts[task.category or 'open'] = (counts[task.category or 'open'] or 0) + 1
      apart = apart + (task.agreed == false and 1 or 0)
    end
  end
  local words = {}
  for _, category in ipairs({ 'active', 'waiting', 'open' }) do
    if counts[category] then
      table.insert(words, ('%d %s'):format(counts[category], category))
    end
  end
  if apart > 0 then
    table.insert(words, ('%d apart'):format(apart))
  end
  return table.concat(words, ', ')
end

--- Asks for the tasks again, without waiting, and has the status line drawn when they are there.
function M.refresh(client)
  if asked[client.id] then
    return
  end
  asked[client.id] = true
  client:request('lockstep/tasks', vim.empty_dict(), function(err, answer)
    asked[client.id] = nil
    if not err and answer then
      lines[client.id] = in_words(answer.tasks or {})
      vim.cmd.redrawstatus({ bang = true })
    end
  end, 0)
end

--- Something may be other with the tasks: where their line is shown it is made again.
function M.changed(client)
  if lines[client.id] then
    M.refresh(client)
  end
end

--- What the tasks of this buffer's workspace come to: `1 active, 5 open, 1 apart`; empty without a server.
function M.statusline()
  local client = vim.lsp.get_clients({ name = 'lockstep', bufnr = 0 })[1]
  if not client then
    return ''
  end
  if not lines[client.id] then
    M.refresh(client)
  end
  return lines[client.id] or ''
end

return M
