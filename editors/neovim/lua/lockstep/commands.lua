--- The user commands: each turns its words into one request to the server. What a status is, and what changes with it,
--- only the server knows.
local M = {}

local server = require('lockstep.server')
local say, complain, with_client, target = server.say, server.complain, server.with_client, server.target

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
        return vim.fs.joinpath(server.root(client), file)
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

local function transitions(client, id, phase)
  local params = target(client, id)
  params.phase = phase
  return server.ask(client, 'lockstep/transitions', params) or {}
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
  local answer = server.answer(client, 'lockstep/transitions', { task = word })
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

--- :LockstepUndo [TRANSACTION] takes back the last edit in all of its buffers; with the name of a transaction, or where
--- no edit is left, what was changed on disk.
function M.undo(opts)
  if not opts.fargs[1] then
    local files, reason = require('lockstep.edits').undo()
    if reason then
      return complain(reason)
    end
    if #files > 0 then
      return say('undone in ' .. table.concat(files, ', '))
    end
  end
  with_client(function(client)
    execute(client, 'lockstep.undo', { transaction = opts.fargs[1] })
  end)
end

--- Makes in this buffer what was changed on disk since it was read, and keeps what was changed here.
function M.merge()
  with_client(function(client)
    local bufnr = vim.api.nvim_get_current_buf()
    local function is_stale(diagnostic)
      return diagnostic.code == 'stale-buffer'
    end
    local found = vim.iter(vim.diagnostic.get(bufnr)):find(is_stale)
    if not found then
      return complain('nothing to merge: no other text of this file is on disk')
    end
    local place = { line = found.lnum, character = 0 }
    local params = {
      textDocument = vim.lsp.util.make_text_document_params(bufnr),
      range = { start = place, ['end'] = place },
      context = { diagnostics = { (found.user_data or {}).lsp }, only = { 'quickfix' } },
    }
    local actions = server.answer(client, 'textDocument/codeAction', params).result or {}
    local action = vim.iter(actions):find(function(it)
      return vim.startswith(it.title, 'Merge ')
    end)
    if not action then
      local is_mergeable = vim.tbl_get(found, 'user_data', 'lsp', 'data', 'fixable')
      return complain(
        is_mergeable and 'nothing was merged: the file has changed again; try once more'
          or 'nothing was merged: the same lines were changed here and on disk; see `:help :DiffOrig`'
      )
    end
    local answer = action.edit and { result = action } or server.answer(client, 'codeAction/resolve', action)
    if answer.err then
      return complain(answer.err.message)
    end
    local before = vim.api.nvim_buf_get_changedtick(bufnr)
    vim.lsp.util.apply_workspace_edit(answer.result.edit, client.offset_encoding)
    if vim.api.nvim_buf_get_changedtick(bufnr) == before then
      return complain('nothing was merged: the text has changed again; try once more')
    end
    require('lockstep.edits').keep_over(bufnr)
    say('merged with what is on disk; `:write` saves it')
  end)
end

--- :LockstepTasks fills the quickfix list; with a bang it lets you choose a task and goes there.
function M.tasks(opts)
  local tasks = require('lockstep.tasks')
  return opts.bang and tasks.pick({ fargs = {} }) or tasks.list()
end

--- Moves what is under the cursor, in a range of lines, or a task that is named on in the circle open, active, done.
function M.toggle(opts)
  with_client(function(client)
    local argument = target(client, opts.fargs[1])
    if (opts.range or 0) > 0 and not argument.task then
      local text = vim.api.nvim_buf_get_lines(0, opts.line2 - 1, opts.line2, false)[1] or ''
      argument.position = nil
      argument.range = {
        start = { line = opts.line1 - 1, character = 0 },
        ['end'] = { line = opts.line2 - 1, character = vim.str_utfindex(text, client.offset_encoding) },
      }
    end
    argument.commit = opts.bang and 'disk' or nil
    execute(client, 'lockstep.toggle', argument)
  end)
end

--- Renames the title or id under the cursor; without a name it asks for one.
function M.rename(opts)
  vim.lsp.buf.rename(opts.args ~= '' and opts.args or nil, { name = 'lockstep' })
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

--- Offers ids and the allowed statuses, then `phase=`.
function M.complete_set(lead, line, cursor)
  local client = server.find_client()
  if not client then
    return {}
  end
  local before = line:sub(1, cursor - #lead):gsub('^.-LockstepSet!?%s*', '')
  local wanted = parse(client, before)
  if wanted.status then
    return wanted.phase and {} or server.starting_with(lead, { 'phase=' })
  end
  local words = {}
  for _, transition in ipairs(transitions(client, wanted.task, wanted.phase)) do
    if transition.allowed then
      table.insert(words, transition.status)
    end
  end
  return server.starting_with(lead, vim.list_extend(words, wanted.task and {} or server.task_ids(client)))
end

function M.complete_fix(lead, line, cursor)
  local client = server.find_client()
  local first = not line:sub(1, cursor - #lead):gsub('^.-LockstepFix!?%s*', ''):match('%S')
  return client and first and server.starting_with(lead, server.task_ids(client)) or {}
end

--- Offers ids.
function M.complete_task(lead, line, cursor)
  local client = server.find_client()
  local first = not line:sub(1, cursor - #lead):match('%S')
  return client and first and server.starting_with(lead, server.task_ids(client)) or {}
end

return M
