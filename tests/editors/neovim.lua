-- Drives a real Neovim through the plugin: diagnostics, hover, code actions, commands, undo, saving.
--
--   LOCKSTEP_BIN=target/release/lockstep LOCKSTEP_WORKSPACE=<copy of tests/editors/workspace> \
--     nvim --headless --clean -l tests/editors/neovim.lua
--
-- One line per check, `ok - ...` or `not ok - ...`; the exit code is 1 if any failed. Nothing waits for time to pass: every
-- wait names what it waits for and gives up after DEADLINE_MS. The workspace is changed: hand in a copy.

local IMPLEMENTING = { -- what each file says when task 7 is being implemented
  todo = '%*%*Status%*%*: %[IMPLEMENTING%]',
  state = '"project_number": 7,.-"status": "implementing"',
  project = '"status": "implementing"',
  plan = '%*%*Status%*%*: %[IN PROGRESS%]',
}

vim.env.XDG_STATE_HOME = vim.fn.tempname() -- a log of its own, from before anything opens it

local here = vim.fs.dirname(vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
local shared = dofile(vim.fs.joinpath(here, 'shared.lua'))
local FILES, workspace = shared.FILES, shared.workspace
local check, wait_for = shared.check, shared.wait_for
local buffer, text, disk, finding = shared.buffer, shared.text, shared.disk, shared.finding
local go_to, run_code_action = shared.go_to, shared.run_code_action

-- What the editor is asked -------------------------------------------------------------------------------------------

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

local exit_code
shared.start({ shared.binary, 'lsp', '--in-process' }, function(code)
  exit_code = code
end)

local original = {}
for key in pairs(FILES) do
  original[key] = disk(key)
end

-- Checks -------------------------------------------------------------------------------------------------------------

local attached = check('the plugin attaches to TODO.md, at the root of the workspace', function()
  local client = shared.attach()
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

  check('a buffer that is deleted and edited again shows its findings again', function()
    vim.cmd.bdelete(buffer('todo'))
    assert(not drift('todo'), 'Neovim forgets what it was told of a buffer that it deletes')
    shared.attach()
    wait_for('the drift diagnostic in TODO.md', function()
      return drift('todo')
    end)
  end)

  check('hover lists all four files', function()
    go_to('%[PLANNED%]')
    local lines = shared.hover()
    local n_state = 0
    local rows = table.concat(vim.tbl_filter(function(line)
      local is_row = line:find('^%s*[-•*]') ~= nil
      n_state = n_state + (is_row and line:find('state.json', 1, true) and 1 or 0)
      return is_row
    end, lines), '\n')
    for _, name in ipairs({ 'TODO.md', '007_login/state.json', 'implementation-001.md' }) do
      assert(rows:find(name, 1, true), ('no row for %s:\n%s'):format(name, table.concat(lines, '\n')))
    end
    assert(n_state >= 2, 'no row for specs/state.json:\n' .. table.concat(lines, '\n'))
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

  check('the code action for a status that needs a reason asks for it', function()
    edits = {}
    local input = vim.ui.input
    vim.ui.input = function(_, on_confirm)
      on_confirm('no designer')
    end
    go_to('%[PLANNED%]')
    run_code_action(function(title)
      return title == 'set task 7 to [blocked]…'
    end)
    wait_for('the reason in TODO.md', function()
      return text('todo'):find('%[BLOCKED%].-Blocking Reason%*%*: no designer') ~= nil
    end)
    vim.ui.input = input
    assert(#edits == 1, 'applied edits: ' .. vim.inspect(edits))
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

  check(':Lockstep completes subcommands, and what each of them takes', function()
    local function offered(line)
      return vim.fn.getcompletion('Lockstep ' .. line, 'cmdline')
    end
    assert(vim.deep_equal(offered('to'), { 'toggle' }), vim.inspect(offered('to')))
    assert(vim.list_contains(offered('toggle '), '7'), vim.inspect(offered('toggle ')))
    assert(vim.list_contains(offered('set 7 '), 'implementing'), vim.inspect(offered('set 7 ')))
    assert(vim.list_contains(offered('pick '), 'open'), vim.inspect(offered('pick ')))
    assert(#offered('fix 7 ') == 0, vim.inspect(offered('fix 7 ')))
  end)

  check('the help has a tag for each command, and no tag twice', function()
    local doc = vim.fs.joinpath(vim.fn.tempname(), 'doc')
    vim.fn.mkdir(doc, 'p')
    local own = vim.api.nvim_get_runtime_file('doc/lockstep.txt', false)[1]
    vim.fn.writefile(vim.fn.readfile(own), vim.fs.joinpath(doc, 'lockstep.txt'))
    vim.cmd.helptags(vim.fn.fnameescape(doc))
    local tags = table.concat(vim.fn.readfile(vim.fs.joinpath(doc, 'tags')), '\n')
    for name in pairs(vim.api.nvim_get_commands({})) do
      assert(not name:find('^Lockstep') or tags:find(':' .. name .. '\t', 1, true), name .. ' has no tag')
    end
    assert(tags:find(':LockstepSet\t', 1, true), tags)
  end)

  check('the status line counts the tasks', function()
    wait_for('the counts', function()
      return require('lockstep').statusline() == '2 open, 1 apart'
    end)
  end)

  check(':Lockstep pick goes to the task that is chosen', function()
    vim.api.nvim_win_set_cursor(0, { 1, 0 })
    vim.cmd('Lockstep pick open')
    local line = vim.api.nvim_get_current_line()
    assert(line:find('%[PLANNED%]') or line:find('7%. Add login'), line)
  end)

  check('gO lists the tasks of the buffer with their status', function()
    vim.api.nvim_set_current_buf(buffer('todo'))
    vim.api.nvim_feedkeys('gO', 'mx', false)
    local items = wait_for('a list', function()
      local found = vim.fn.getloclist(0)
      return #found > 0 and found
    end)
    vim.cmd('lclose')
    local texts = vim.iter(items):map(function(item)
      return item.text
    end):join('\n')
    assert(texts:find('7 Add login', 1, true), texts)
  end)

  local function keys(typed)
    vim.keymap.set({ 'n', 'x' }, '<F5>', '<Plug>(lockstep-toggle)')
    vim.api.nvim_feedkeys(vim.keycode(typed), 'mx', false)
  end

  check('the key for toggling moves the task under the cursor on, in four files', function()
    edits = {}
    go_to('7%. Add login')
    keys('<F5>')
    assert_one_edit_set_implementing()
    undo_everywhere(original)
  end)

  check('the same key toggles the selected boxes in one edit', function()
    edits = {}
    vim.cmd.edit(vim.fn.fnameescape(shared.path('plan')))
    wait_for('the server', function()
      return #vim.lsp.get_clients({ name = 'lockstep', bufnr = 0 }) > 0
    end)
    vim.fn.cursor(1, 1)
    vim.fn.search('- \\[ \\]')
    keys('Vj<F5>')
    wait_for('two ticked boxes', function()
      local _, n = text('plan'):gsub('%- %[x%]', '')
      return n == 2
    end)
    assert(#edits == 1, vim.inspect(edits))
    undo_everywhere(original)
  end)

  check('grn renames the title of the task under the cursor where it stands', function()
    edits = {}
    local input = vim.ui.input
    vim.ui.input = function(options, on_confirm)
      assert(options.default == 'Add login', vim.inspect(options))
      on_confirm('Add a login')
    end
    go_to('Add login')
    vim.api.nvim_feedkeys('grn', 'mx', false)
    wait_for('the new title', function()
      return text('todo'):find('### 7. Add a login', 1, true)
    end)
    vim.ui.input = input
    undo_everywhere(original)
    assert(text('todo') == original.todo, text('todo'))
  end)

  check(':LockstepSet 7 implementing changes four files in one edit', function()
    edits = {}
    go_to('### 8%.')
    vim.cmd('LockstepSet 7 implementing')
    assert_one_edit_set_implementing()
  end)

  local function said(action)
    local messages, notify = {}, vim.notify
    vim.notify = function(message)
      table.insert(messages, message)
    end
    action()
    vim.notify = notify
    return table.concat(messages, '\n')
  end

  local function assert_all_undone()
    for key in pairs(FILES) do
      assert(text(key) == original[key], ('%s is left as\n%s'):format(FILES[key], text(key)))
      assert(not vim.bo[buffer(key)].modified, FILES[key] .. ' still counts as modified')
    end
  end

  check(':Lockstep undo takes an edit back in all of its buffers', function()
    vim.cmd('Lockstep undo')
    assert_all_undone()
  end)

  check('whoever undoes an edit in one buffer is told where it stands, and :Lockstep undo undoes the rest', function()
    edits = {}
    vim.cmd('LockstepSet 7 implementing')
    assert_one_edit_set_implementing()
    local words = said(function()
      vim.api.nvim_buf_call(buffer('state'), function()
        vim.cmd('silent undo')
        -- A script has no loop that would see it.
        vim.cmd('doautocmd TextChanged')
        vim.cmd('doautocmd TextChanged')
      end)
    end)
    local _, n = words:gsub('undone here, and not in .-007_login.-TODO.md', '')
    assert(n == 1, words)
    vim.cmd('Lockstep undo')
    assert_all_undone()
  end)

  check(':Lockstep undo undoes nothing where a buffer was changed after the edit', function()
    edits = {}
    vim.cmd('LockstepSet 7 implementing')
    assert_one_edit_set_implementing()
    local after = text('state')
    vim.api.nvim_buf_call(buffer('plan'), function()
      vim.go.undolevels = vim.go.undolevels -- |undo-break|
      vim.api.nvim_buf_set_lines(0, -1, -1, false, { 'Words.' })
    end)
    local words = said(function()
      vim.cmd('Lockstep undo')
    end)
    assert(words:find('nothing was undone: .*implementation%-001.md was changed'), words)
    assert(text('state') == after, text('state'))
    vim.api.nvim_buf_call(buffer('plan'), function()
      vim.cmd('silent undo')
    end)
    vim.cmd('Lockstep undo')
    assert_all_undone()
    edits = {}
    vim.cmd('LockstepSet 7 implementing')
    assert_one_edit_set_implementing()
  end)

  check(':LockstepWrite writes none where an undo has taken back a part of the edit', function()
    local function undo(key, what)
      vim.api.nvim_buf_call(buffer(key), function()
        vim.cmd('silent ' .. what)
      end)
    end
    local function assert_none_is_written()
      local said
      local notify = vim.notify
      vim.notify = function(message)
        said = message
      end
      vim.cmd('LockstepWrite')
      vim.cmd('LockstepWrite!')
      vim.notify = notify
      for key in pairs(FILES) do
        assert(disk(key) == original[key], FILES[key] .. ' was written')
      end
      assert(said and said:find('nothing was written: the change is undone in .*specs/state.json, but not in'), said)
    end
    undo('state', 'undo')
    assert_none_is_written()
    -- What is typed then stands on another branch of the undo tree.
    vim.api.nvim_buf_set_lines(buffer('state'), 0, 1, false, { '{ ' })
    assert_none_is_written()
    undo('state', 'undo')
    vim.cmd('silent undo')
    assert(text('todo') == original.todo, 'one undo takes back the edit of TODO.md')
    vim.cmd('silent redo')
    vim.api.nvim_buf_call(buffer('state'), function()
      vim.cmd('silent edit!')
    end)
    assert_none_is_written()
    undo_everywhere(vim.tbl_extend('force', original, {}))
    edits = {}
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
      return vim.iter(shared.shown):find(function(message)
        return message:find('specs/state.json has unsaved changes', 1, true) ~= nil
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

  check(':Lockstep rename with another id moves the folder, and back', function()
    local before = {}
    for key in pairs(FILES) do
      before[key] = disk(key)
    end
    go_to('7%. Add login')
    vim.cmd('Lockstep rename 12')
    local moved = vim.fs.joinpath(workspace, 'specs/012_login/plans/implementation-001.md')
    wait_for('the folder', function()
      return vim.uv.fs_stat(moved) and text('todo'):find('### 12. Add login', 1, true)
    end)
    vim.cmd('silent wall')
    wait_for('the task by its new id', function()
      return vim.list_contains(vim.fn.getcompletion('Lockstep toggle ', 'cmdline'), '12')
        and not vim.list_contains(vim.fn.getcompletion('Lockstep toggle ', 'cmdline'), '7')
    end)
    go_to('12%. Add login')
    vim.cmd('Lockstep rename 7')
    wait_for('the folder where it was', function()
      return vim.uv.fs_stat(shared.path('plan')) and text('todo') == before.todo
    end)
    vim.cmd('silent wall')
    for key in pairs(FILES) do
      assert(disk(key) == before[key], disk(key))
    end
    wait_for('the task by its old id', function()
      return vim.list_contains(vim.fn.getcompletion('Lockstep toggle ', 'cmdline'), '7')
    end)
  end)

  --- Changes the file in other lines than the buffer, or in the same.
  local function part(here_to, there_from, there_to)
    shared.wait_for_none('todo', 'stale-buffer')
    local before = disk('todo')
    local at = vim.iter(ipairs(vim.api.nvim_buf_get_lines(buffer('todo'), 0, -1, false))):find(function(_, line)
      return line:find('### 8. Write docs', 1, true)
    end)
    vim.api.nvim_buf_set_lines(buffer('todo'), at - 1, at, false, { here_to })
    local changed = before:gsub(vim.pesc(there_from), (there_to:gsub('%%', '%%%%')))
    assert(changed ~= before, before)
    vim.fn.writefile(vim.split(changed, '\n'), shared.path('todo'))
    wait_for('stale-buffer', function()
      return finding('todo', 'stale-buffer')
    end)
    return before
  end

  check(':Lockstep merge keeps what was changed here, and takes what was changed on disk', function()
    local before = part('### 8. Write all docs', '### 7. Add login', '### 7. Add a login')
    vim.cmd('Lockstep merge')
    assert(text('todo'):find('### 7. Add a login', 1, true) and text('todo'):find('### 8. Write all docs', 1, true))
    assert(vim.bo[buffer('todo')].modified)
    shared.wait_for_none('todo', 'stale-buffer')
    vim.api.nvim_set_current_buf(buffer('todo'))
    vim.cmd('silent write')
    assert(disk('todo') == text('todo'), disk('todo'))
    vim.api.nvim_buf_set_lines(buffer('todo'), 0, -1, false, vim.split(before, '\n'))
    vim.cmd('silent write')
  end)

  check(':Lockstep merge changes nothing where both have changed the same lines', function()
    local before = part('### 8. Write all docs', '### 8. Write docs', '### 8. Write the docs')
    local mine = text('todo')
    local words = said(function()
      vim.cmd('Lockstep merge')
    end)
    assert(words:find('nothing was merged: the same lines', 1, true), words)
    assert(text('todo') == mine, text('todo'))
    vim.cmd('silent edit!')
    vim.api.nvim_buf_set_lines(buffer('todo'), 0, -1, false, vim.split(before, '\n'))
    vim.cmd('silent write')
  end)

  check('the server leaves when asked', function()
    vim.lsp.get_clients({ name = 'lockstep' })[1]:stop()
    wait_for('its exit', function()
      return exit_code
    end)
    assert(exit_code == 0, 'exit code ' .. tostring(exit_code))
  end)
end

check('no error was shown, and none stands in the log', shared.assert_no_complaint)

vim.cmd(shared.n_failed == 0 and 'qall!' or 'cquit 1')
