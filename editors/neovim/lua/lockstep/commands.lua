--- The user commands: each turns its words into one request to the server. What a status is, and what changes with it,
--- only the server knows.
local M = {}

local TIMEOUT_MS = 2000 -- how long a completion waits for the server

local function say(message, level)
  vim.notify('lockstep: ' .. message, level or vim.log.levels.INFO)
end

local function complain(message)
  say(message, vim.log.levels.ERROR)
end

--- The server of this buffer, else the only one there is.
local function find_client()
  local here = vim.lsp.get_clients({ name = 'lockstep', bufnr = 0 })
  local all = #here > 0 and here or vim.lsp.get_clients({ name = 'lockstep' })
  if #all == 1 or #here > 0 then
    return all[1]
  end
  return nil, #all == 0 and 'no server is running for this buffer (:checkhealth lockstep)'
    or 'several servers are running: go to a file of the one you mean'
end

--- Calls `action` with the client, or says why there is none.
local function with_client(action)
  local client, reason = find_client()
  if client then
    return action(client)
  end
  complain(reason)
end

--- The folder that paths in the server's answers are relative to.
local function root(client)
  local folder = (client.workspace_folders or {})[1]
  return client.root_dir or (folder and vim.uri_to_fname(folder.uri)) or vim.fn.getcwd()
end

--- The task is named by its id, or else by the place of the cursor, which the server resolves.
local function target(client, id)
  if id then
    return { task = id }
  end
  local place = vim.lsp.util.make_position_params(0, client.offset_encoding)
  return { uri = place.textDocument.uri, position = place.position }
end

--- The files that a command has written on disk.
local function written(answer)
  local files = {}
  local function add(list)
    for _, file in ipairs(list or {}) do
      files[file] = true
    end
  end
  add(answer.files)
  for _, result in ipairs(answer.results or {}) do
    add(result.files)
  end
  return vim.tbl_keys(files)
end

--- Runs a command of the server. What it has written on disk is read again at once. A reason that is missing is asked
--- for.
local execute
execute = function(client, command, argument)
  -- An empty Lua table would travel as a list.
  argument = next(argument) and argument or vim.empty_dict()
  local params = { command = command, arguments = { argument } }
  client:request('workspace/executeCommand', params, function(err, answer)
    if err and type(err.data) == 'table' and err.data.code == 'needs-reason' and not argument.reason then
      return vim.ui.input({ prompt = 'Reason: ' }, function(reason)
        if reason and vim.trim(reason) ~= '' then
          execute(client, command, vim.tbl_extend('force', argument, { reason = reason }))
        end
      end)
    end
    if err then
      return complain(err.message)
    end
    -- What the editor is asked to change itself is not on disk; what is refused the server shows.
    if type(answer) == 'table' and answer.schema and answer.transaction ~= vim.NIL then
      local files = written(answer)
      require('lockstep.edits').meet(vim.tbl_map(function(file)
        return vim.fs.joinpath(root(client), file)
      end, files))
      say(('%d files changed on disk, as transaction %s'):format(#files, answer.transaction:sub(1, 8)))
    end
  end, 0)
end

--- The command of a code action: "Save this change", or a status that needs a reason.
function M.run(command, ctx)
  local client = vim.lsp.get_client_by_id(ctx.client_id)
  if client then
    execute(client, command.command, command.arguments[1])
  end
end

--- The answer of a request, or nothing: completion must not disturb.
local function ask(client, method, params)
  local answer = client:request_sync(method, next(params) and params or vim.empty_dict(), TIMEOUT_MS, 0)
  return answer and answer.result or nil
end

local function known_tasks(client)
  local list = ask(client, 'lockstep/tasks', {})
  return list and list.tasks or {}
end

local function transitions(client, id, phase)
  local params = target(client, id)
  params.phase = phase
  return ask(client, 'lockstep/transitions', params) or {}
end

--- Whether a word names a task, phase or box, and is no status of what is under the cursor.
local function names_task(client, word)
  local id = word:lower()
  local is_status = vim.iter(transitions(client)):any(function(transition)
    return transition.status:lower() == id
  end)
  if is_status then
    return false
  end
  local answer = client:request_sync('lockstep/transitions', { task = word }, TIMEOUT_MS, 0) or {}
  -- What several tasks are called is a name, too; the server says of which.
  local code = answer.err and (answer.err.data or {}).code
  return answer.result ~= nil or code == 'ambiguous'
end

--- Cuts `[ID] STATUS [phase=N] [--tick] [--stay] [reason]`; the options may also stand before the status. A first word
--- with a digit is an id, as is any other that the server knows for one; `task=ID` names an id that is a status, too. A
--- marker may hold blanks: `[IN PROGRESS]`.
local function parse(client, words)
  local wanted = {}
  local rest = vim.trim(words)
  local function take(pattern)
    local found, after = rest:match(pattern)
    rest = found and vim.trim(after) or rest
    return found
  end
  local take_options
  take_options = function()
    wanted.phase = wanted.phase or tonumber(take('^phase=(%d+)(.*)$'))
    local option = rest:match('^%-%-(%a+)')
    if option == 'tick' or option == 'stay' then
      wanted[option] = true
      take('^(%S+)(.*)$')
      take_options()
    end
  end
  take_options()
  wanted.task = take('^task=(%S+)(.*)$') or take('^([^%[%s]*%d%S*)(.*)$')
  local word = rest:match('^[^%[%s]%S*')
  if not wanted.task and word and names_task(client, word) then
    wanted.task = take('^(%S+)(.*)$')
  end
  take_options()
  wanted.status = take('^(%b[])(.*)$') or take('^(%S+)(.*)$')
  take_options()
  wanted.reason = rest ~= '' and rest or nil
  return wanted
end

local function set_status(client, wanted)
  local argument = target(client, wanted.task)
  for _, field in ipairs({ 'status', 'phase', 'reason', 'commit', 'tick', 'stay' }) do
    argument[field] = wanted[field]
  end
  execute(client, 'lockstep.setStatus', argument)
end

--- :LockstepSet[!] [ID] [STATUS] [phase=N] [--tick] [--stay] [reason]. Without a status it offers those that are allowed now. With a bang
--- the change is made on disk.
function M.set(opts)
  with_client(function(client)
    local wanted = parse(client, opts.args)
    wanted.commit = opts.bang and 'disk' or nil
    if wanted.status then
      return set_status(client, wanted)
    end
    local allowed = vim.tbl_filter(function(transition)
      return transition.allowed
    end, transitions(client, wanted.task, wanted.phase))
    if #allowed == 0 then
      return complain(wanted.task and ('no status to set for task ' .. wanted.task) or 'no task under the cursor')
    end
    vim.ui.select(allowed, {
      prompt = 'Set status',
      format_item = function(transition)
        return transition.status
      end,
    }, function(choice)
      if choice then
        set_status(client, vim.tbl_extend('force', wanted, { status = choice.status }))
      end
    end)
  end)
end

--- :LockstepFix[!] [ID] [PREFER]
function M.fix(opts)
  with_client(function(client)
    local argument = target(client, opts.fargs[1])
    argument.prefer = opts.fargs[2] and table.concat(opts.fargs, ' ', 2) or nil
    argument.commit = opts.bang and 'disk' or nil
    execute(client, 'lockstep.fixTask', argument)
  end)
end

--- :LockstepFixAll
function M.fix_all()
  with_client(function(client)
    execute(client, 'lockstep.fixAll', {})
  end)
end

--- :LockstepUndo [TRANSACTION]
function M.undo(opts)
  with_client(function(client)
    execute(client, 'lockstep.undo', { transaction = opts.fargs[1] })
  end)
end

--- The first occurrence of a task. Columns of the list count characters: UTF-32 in the words of the protocol.
local function location(client, task)
  local first = (task.occurrences or {})[1]
  if not first then
    return nil
  end
  local place = { line = first.line - 1, character = first.column - 1 }
  return {
    uri = vim.uri_from_fname(vim.fs.joinpath(root(client), first.path)),
    range = { start = place, ['end'] = place },
    task = task,
  }
end

local function title(task)
  local drift = task.agreed == false and ' (its files disagree)' or ''
  return ('%s [%s] %s%s'):format(task.id, task.status or '?', task.title or '', drift)
end

--- :LockstepTasks fills the quickfix list; with a bang it lets you choose a task and goes there.
function M.tasks(opts)
  with_client(function(client)
    local places = {}
    for _, task in ipairs(known_tasks(client)) do
      table.insert(places, location(client, task))
    end
    if #places == 0 then
      return say('no tasks here')
    end
    if not opts.bang then
      local items = vim.lsp.util.locations_to_items(places, 'utf-32')
      for _, item in ipairs(items) do
        item.text = title(item.user_data.task)
        item.type = item.user_data.task.agreed == false and 'W' or ''
      end
      vim.fn.setqflist({}, ' ', { title = 'Lockstep tasks', items = items })
      return vim.cmd('botright copen')
    end
    vim.ui.select(places, {
      prompt = 'Task',
      format_item = function(place)
        return title(place.task)
      end,
    }, function(place)
      if place then
        vim.lsp.util.show_document(place, 'utf-32', { focus = true })
      end
    end)
  end)
end

--- :LockstepWrite writes what the last edit changed; with a bang, what every edit changed and is not written yet.
function M.write(opts)
  local written, failed = require('lockstep.edits').write(opts.bang)
  for _, reason in ipairs(failed) do
    complain(reason)
  end
  if #failed == 0 then
    say(#written == 0 and 'nothing to write' or 'wrote ' .. table.concat(written, ', '))
  end
end

local function starting_with(lead, words)
  return vim.tbl_filter(function(word)
    return vim.startswith(word:lower(), lead:lower())
  end, words)
end

local function task_ids(client)
  return vim.tbl_map(function(task)
    return tostring(task.id)
  end, known_tasks(client))
end

--- Offers ids and the allowed statuses, then `phase=`.
function M.complete_set(lead, line, cursor)
  local client = find_client()
  if not client then
    return {}
  end
  local before = line:sub(1, cursor - #lead):gsub('^.-LockstepSet!?%s*', '')
  local wanted = parse(client, before)
  if wanted.status then
    return wanted.phase and {} or starting_with(lead, { 'phase=' })
  end
  local words = {}
  for _, transition in ipairs(transitions(client, wanted.task, wanted.phase)) do
    if transition.allowed then
      table.insert(words, transition.status)
    end
  end
  return starting_with(lead, vim.list_extend(words, wanted.task and {} or task_ids(client)))
end

function M.complete_fix(lead, line, cursor)
  local client = find_client()
  local first = not line:sub(1, cursor - #lead):match('LockstepFix!?%s+%S')
  return client and first and starting_with(lead, task_ids(client)) or {}
end

return M
