-- Drives a real Neovim through the plugin: diagnostics, hover, code actions, commands, undo, saving.
--
--   LOCKSTEP_BIN=target/release/lockstep LOCKSTEP_WORKSPACE=<copy of tests/editors/workspace> \
--     nvim --headless --clean -l tests/editors/neovim.lua
--
-- One line per check, `ok - ...` or `not ok - ...`; the exit code is 1 if any failed. Nothing waits for time to pass: every
-- wait names what it waits for and gives up after DEADLINE_MS. The workspace is changed: hand in a copy.

local DEADLINE_MS = 20000
local FILES = {
  todo = 'specs/TODO.md',
  state = 'specs/state.json',
  project = 'specs/007_login/state.json',
  plan = 'specs/007_login/plans/implementation-001.md',
}
local IMPLEMENTING = { -- what each file says when task 7 is being implemented
  todo = '%*%*Status%*%*: %[IMPLEMENTING%]',
  state = '"project_number": 7,.-"status": "implementing"',
  project = '"status": "implementing"',
  plan = '%*%*Status%*%*: %[IN PROGRESS%]',
}

vim.env.XDG_STATE_HOME = vim.fn.tempname() -- a log of its own, from before anything opens it

local here = vim.fs.dirname(vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
local workspace = vim.env.LOCKSTEP_WORKSPACE or error('LOCKSTEP_WORKSPACE is not set')
workspace = assert(vim.uv.fs_realpath(workspace))
local binary = vim.env.LOCKSTEP_BIN or error('LOCKSTEP_BIN is not set')
binary = vim.fn.exepath(binary) ~= '' and vim.fn.exepath(binary) or binary

-- Reporting ---------------------------------------------------------------------------------------------------------

local n_failed = 0

local function report(ok, name, detail)
  n_failed = n_failed + (ok and 0 or 1)
  io.stdout:write(('%s - %s\n'):format(ok and 'ok' or 'not ok', name))
  if not ok and detail then
    io.stdout:write('  # ' .. tostring(detail):gsub('\n', '\n  # ') .. '\n')
  end
  io.stdout:flush()
end

local function check(name, body)
  local ok, detail = xpcall(body, debug.traceback)
  report(ok, name, detail)
  return ok
end

--- Waits until `condition` holds and returns its value.
local function wait_for(what, condition)
  local value
  local held = vim.wait(DEADLINE_MS, function()
    value = condition()
    return value
  end, 10)
  assert(held, ('waited %d ms in vain for %s'):format(DEADLINE_MS, what))
  return value
end

-- What the editor is asked -------------------------------------------------------------------------------------------

local function path(key)
  return vim.fs.joinpath(workspace, FILES[key])
end

local function buffer(key)
  return vim.fn.bufnr('^' .. vim.fn.escape(path(key), '[]*?{},\\') .. '$')
end

local function text(key)
  local bufnr = buffer(key)
  return bufnr > 0 and table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), '\n') or ''
end

local function disk(key)
  return table.concat(vim.fn.readfile(path(key)), '\n')
end

local function finding(key, rule)
  local bufnr = buffer(key)
  local found = bufnr > 0 and vim.diagnostic.get(bufnr) or {}
  return vim.iter(found):find(function(diagnostic)
    return diagnostic.code == rule and diagnostic.message:find('7', 1, true) ~= nil
  end)
end

local function drift(key)
  return finding(key, 'drift')
end

local function wait_for_everywhere(what, condition)
  for key in pairs(FILES) do
    wait_for(what .. ' in ' .. FILES[key], function()
      return condition(key)
    end)
  end
end

--- Waits until a file says `word` on disk, and its buffer holds the same, unmodified.
local function wait_for_meeting(word)
  wait_for_everywhere(word, function(key)
    return disk(key):lower():find(word, 1, true) and text(key) == disk(key) and not vim.bo[buffer(key)].modified
  end)
end

--- Puts the cursor on the first match of `pattern` in TODO.md.
local function go_to(pattern)
  vim.api.nvim_set_current_buf(buffer('todo'))
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(pattern)
    if column then
      return vim.api.nvim_win_set_cursor(0, { number, column - 1 })
    end
  end
  error('TODO.md does not hold ' .. pattern)
end

local function run_code_action(wanted)
  local titles = {}
  local chosen
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      table.insert(titles, action.title)
      local take = not chosen and not action.disabled and wanted(action.title:lower())
      chosen = chosen or (take and action.title)
      return take
    end,
  })
  assert(vim.wait(DEADLINE_MS, function()
    return chosen
  end, 10), 'no such code action; offered: ' .. vim.inspect(titles))
end

local edits = {} -- every workspace edit that Neovim applied: the files it names
local apply_workspace_edit = vim.lsp.util.apply_workspace_edit
vim.lsp.util.apply_workspace_edit = function(edit, ...)
  local files = {}
  for _, change in ipairs(edit.documentChanges or {}) do
    table.insert(files, vim.uri_to_fname(change.textDocument and change.textDocument.uri or change.newUri or change.uri))
  end
  for uri in pairs(edit.changes or {}) do
    table.insert(files, vim.uri_to_fname(uri))
  end
  table.insert(edits, files)
  return apply_workspace_edit(edit, ...)
end

local function assert_all_implementing(read)
  for key, pattern in pairs(IMPLEMENTING) do
    assert(read(key):find(pattern), ('%s does not match %s:\n%s'):format(FILES[key], pattern, read(key)))
  end
  assert(read('todo'):find('%*%*Started%*%*: %d%d%d%d'), 'TODO.md holds no Started line:\n' .. read('todo'))
end

--- Waits until all four buffers say so, and asserts that one edit did it and nothing was written.
local function assert_one_edit_set_implementing()
  wait_for('[IMPLEMENTING] in TODO.md', function()
    return text('todo'):find(IMPLEMENTING.todo) ~= nil
  end)
  assert_all_implementing(text)
  assert(#edits == 1, 'applied edits: ' .. vim.inspect(edits))
  assert(#edits[1] == 4, 'files of the edit: ' .. vim.inspect(edits[1]))
  for key in pairs(FILES) do
    assert(vim.bo[buffer(key)].modified, FILES[key] .. ' is not modified')
    assert(not disk(key):find(IMPLEMENTING[key]), FILES[key] .. ' was written')
  end
end

local function undo_everywhere(before)
  for key in pairs(FILES) do
    local bufnr = buffer(key)
    if bufnr > 0 and vim.bo[bufnr].modified then
      vim.api.nvim_buf_call(bufnr, function()
        vim.cmd('silent undo')
      end)
      assert(text(key) == before[key], ('one undo leaves %s as\n%s'):format(FILES[key], text(key)))
      assert(not vim.bo[bufnr].modified, FILES[key] .. ' still counts as modified')
    end
  end
end

-- Set-up -------------------------------------------------------------------------------------------------------------

local complaints = {}
print = function() end -- Neovim names each edit that a server asks for
vim.notify = function(message, level)
  if (level or vim.log.levels.INFO) >= vim.log.levels.WARN then
    table.insert(complaints, message)
  end
end
local shown = {} -- messages of the server
vim.lsp.handlers['window/showMessage'] = function(_, params)
  table.insert(shown, params.message)
end
vim.ui.select = function(items, _, on_choice)
  on_choice(items[1], 1)
end
vim.v.errmsg = ''
vim.cmd('filetype on')

vim.opt.runtimepath:prepend(vim.env.LOCKSTEP_PLUGIN or vim.fs.normalize(vim.fs.joinpath(here, '../../editors/neovim')))
vim.cmd('runtime plugin/lockstep.lua')
local is_repository = vim.uv.fs_stat(workspace .. '/.git') or vim.uv.fs_stat(workspace .. '/lockstep.toml')
local exit_code
require('lockstep').setup({
  cmd = { binary, 'lsp', '--in-process' },
  root_dir = not is_repository and workspace or nil,
  on_exit = function(code)
    exit_code = code
  end,
})

local original = {}
for key in pairs(FILES) do
  original[key] = disk(key)
end

-- Checks -------------------------------------------------------------------------------------------------------------

local attached = check('the plugin attaches to TODO.md, at the root of the workspace', function()
  vim.cmd.edit(vim.fn.fnameescape(path('todo')))
  local client = wait_for('a client', function()
    local found = vim.lsp.get_clients({ name = 'lockstep', bufnr = 0 })[1]
    return found and found.initialized and found
  end)
  assert(vim.fs.normalize(client.root_dir) == vim.fs.normalize(workspace), 'root: ' .. tostring(client.root_dir))
end)

if attached then
  check('drift of task 7 is shown in TODO.md and in the unopened state.json', function()
    wait_for('a drift diagnostic in TODO.md', function()
      return drift('todo')
    end)
    wait_for('a drift diagnostic in state.json', function()
      return drift('state')
    end)
    assert(not vim.api.nvim_buf_is_loaded(buffer('state')), 'state.json was opened')
  end)

  check('hover shows a table with all four files', function()
    go_to('%[PLANNED%]')
    vim.lsp.buf.hover()
    local lines = wait_for('the hover window', function()
      for _, window in ipairs(vim.api.nvim_list_wins()) do
        if vim.api.nvim_win_get_config(window).relative ~= '' then
          return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
        end
      end
    end)
    local n_state = 0
    local rows = table.concat(vim.tbl_filter(function(line)
      local is_row = line:find('[|│]') ~= nil
      n_state = n_state + (is_row and line:find('state.json', 1, true) and 1 or 0)
      return is_row
    end, lines), '\n')
    for _, name in ipairs({ 'TODO.md', '007_login/state.json', 'implementation-001.md' }) do
      assert(rows:find(name, 1, true), ('no row for %s:\n%s'):format(name, table.concat(lines, '\n')))
    end
    assert(n_state >= 2, 'no row for specs/state.json:\n' .. table.concat(lines, '\n'))
    vim.cmd('silent! fclose!')
  end)

  check('a fix brings the drifted file into agreement', function()
    edits = {}
    go_to('%[PLANNED%]')
    run_code_action(function(title)
      return title:find('planned', 1, true) and title:find('everywhere', 1, true)
    end)
    wait_for('planned in state.json', function()
      return text('state'):find('"project_number": 7,.-"status": "planned"') ~= nil
    end)
    assert(text('todo') == original.todo, 'TODO.md, which was right, has changed')
    wait_for('no more drift in TODO.md', function()
      return not drift('todo')
    end)
    undo_everywhere(original)
    wait_for('drift again after undo', function()
      return drift('todo')
    end)
  end)

  check('the code action that sets a status changes four files in one edit', function()
    edits = {}
    go_to('%[PLANNED%]')
    run_code_action(function(title)
      return title:find('set task 7', 1, true) and title:find('[implementing]', 1, true)
    end)
    assert_one_edit_set_implementing()
  end)

  check('one undo per buffer takes it back', function()
    undo_everywhere(original)
  end)

  check(':LockstepSet completes ids and allowed statuses', function()
    local words = vim.fn.getcompletion('LockstepSet ', 'cmdline')
    assert(vim.list_contains(words, '7') and vim.list_contains(words, '8'), vim.inspect(words))
    local statuses = table.concat(vim.fn.getcompletion('LockstepSet 7 ', 'cmdline'), ' '):lower()
    assert(statuses:find('implementing'), statuses)
    assert(not statuses:find('completed'), 'planned to completed is not allowed, yet offered: ' .. statuses)
  end)

  check(':LockstepTasks lists the tasks where they stand', function()
    vim.cmd('LockstepTasks')
    local items = vim.fn.getqflist()
    vim.cmd('cclose')
    local seven = vim.iter(items):find(function(item)
      return item.text:find('Add login', 1, true) ~= nil
    end)
    assert(seven, 'quickfix list: ' .. vim.inspect(items))
    assert(vim.api.nvim_buf_get_name(seven.bufnr) ~= '' and seven.lnum > 0, vim.inspect(seven))
  end)

  check(':LockstepSet under the cursor changes four files in one edit', function()
    edits = {}
    go_to('%[PLANNED%]')
    vim.cmd('LockstepSet implementing')
    assert_one_edit_set_implementing()
    undo_everywhere(original)
  end)

  check(':LockstepSet 7 implementing changes four files in one edit', function()
    edits = {}
    go_to('### 8%.')
    vim.cmd('LockstepSet 7 implementing')
    assert_one_edit_set_implementing()
  end)

  check(':LockstepWrite writes exactly the files of the edit', function()
    local other = vim.api.nvim_create_buf(true, false)
    vim.api.nvim_buf_set_name(other, vim.fs.joinpath(workspace, 'untouched.txt'))
    vim.api.nvim_buf_set_lines(other, 0, -1, false, { 'not of this edit' })
    vim.cmd('LockstepWrite')
    assert_all_implementing(disk)
    for key in pairs(FILES) do
      assert(not vim.bo[buffer(key)].modified, FILES[key] .. ' is still modified')
    end
    assert(vim.bo[other].modified, 'an unrelated buffer was written')
    vim.api.nvim_buf_delete(other, { force = true })
    assert(disk('todo'):find('### 8%. Write docs\n.-%[NOT STARTED%]'), 'task 8 has changed')
  end)

  check('the drift is gone after saving, in both files', function()
    wait_for('no drift', function()
      return not drift('todo') and not drift('state')
    end)
  end)

  check(':LockstepSet! changes the files on disk, and their buffers follow', function()
    edits = {}
    vim.cmd('LockstepSet! 7 blocked no time')
    wait_for_meeting('blocked')
    assert(#edits == 0, 'edits of buffers: ' .. vim.inspect(edits))
  end)

  check('a modified buffer is neither written nor changed, and nothing else is', function()
    local before = {}
    for key in pairs(FILES) do
      before[key] = disk(key)
    end
    vim.api.nvim_buf_set_lines(buffer('state'), 0, 1, false, { '{ ' })
    vim.cmd('LockstepSet! 7 implementing')
    wait_for('the refusal', function()
      return vim.iter(shown):find(function(message)
        return message:find('specs/state.json has unsaved changes here', 1, true) ~= nil
      end)
    end)
    for key in pairs(FILES) do
      assert(disk(key) == before[key], FILES[key] .. ' was written')
    end
    assert(vim.bo[buffer('state')].modified and text('state'):find('^{ \n'), text('state'))
    vim.api.nvim_buf_call(buffer('state'), function()
      vim.cmd('silent edit!')
    end)
  end)

  check('a change in buffers is unsaved until all are written', function()
    vim.cmd('LockstepSet 7 implementing')
    wait_for_everywhere('unsaved-change', function(key)
      return finding(key, 'unsaved-change')
    end)
    vim.cmd('silent wall')
    wait_for_everywhere('no unsaved-change', function(key)
      return not finding(key, 'unsaved-change')
    end)
    assert_all_implementing(disk)
  end)

  check('"Save this change" writes it, and the buffers count as written', function()
    vim.cmd('LockstepSet 7 blocked still no time')
    wait_for_everywhere('unsaved-change', function(key)
      return finding(key, 'unsaved-change')
    end)
    go_to('%[BLOCKED%]')
    run_code_action(function(title)
      return title == 'save this change'
    end)
    wait_for_meeting('blocked')
    wait_for_everywhere('nothing to say', function(key)
      return not finding(key, 'unsaved-change') and not finding(key, 'stale-buffer')
    end)
  end)

  check(':LockstepUndo takes back what was written', function()
    vim.cmd('LockstepUndo')
    wait_for_everywhere('the text before', function(key)
      return disk(key):find(IMPLEMENTING[key]) and text(key) == disk(key) and not vim.bo[buffer(key)].modified
    end)
  end)

  check('the server leaves when asked', function()
    vim.lsp.get_clients({ name = 'lockstep' })[1]:stop()
    wait_for('its exit', function()
      return exit_code
    end)
    assert(exit_code == 0, 'exit code ' .. tostring(exit_code))
  end)
end

check('no error was shown, and none stands in the log', function()
  -- A filetype plugin of Neovim's, run again when a buffer is read again, removes mappings that it has not made.
  assert(vim.v.errmsg == '' or vim.v.errmsg == 'E31: No such mapping', vim.v.errmsg)
  assert(#complaints == 0, vim.inspect(complaints))
  local log = vim.lsp.log.get_filename()
  local lines = vim.fn.filereadable(log) == 1 and vim.fn.readfile(log) or {}
  -- Neovim logs all that a server writes to stderr as an error; the server's own words decide here.
  local errors = vim.tbl_filter(function(line)
    local words = line:match('"stderr"%s+(.*)$')
    if words then
      return words:find('ERROR') or words:find('WARN') or words:find('panicked')
    end
    return line:match('^%[ERROR%]') or line:match('^%[WARN%]')
  end, lines)
  assert(#errors == 0, table.concat(errors, '\n'))
end)

vim.cmd(n_failed == 0 and 'qall!' or 'cquit 1')
