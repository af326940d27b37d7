-- Drives two real Neovims on one workspace, served by one daemon: who changes something, and what the other sees of it.
--
--   LOCKSTEP_BIN=target/release/lockstep LOCKSTEP_WORKSPACE=<copy of tests/editors/workspace> \
--     LOCKSTEP_RUNTIME_DIR=<a new folder> nvim --headless --clean -l tests/editors/two.lua
--
-- Prints as `neovim.lua` does, and how long a save takes to the other's diagnostics. The workspace is changed: hand in a
-- copy. The daemon is killed: hand in a folder of its own.

local ROUNDS = 5
local WORDS = { implementing = '[IMPLEMENTING]', blocked = '[BLOCKED]', partial = '[PARTIAL]' }

local here = vim.fs.dirname(vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
local shared = dofile(vim.fs.joinpath(here, 'shared.lua'))
local wait_for = shared.wait_for

--- Each check begins where the one before ends: after the first that fails none is made.
local function check(name, body)
  return shared.n_failed == 0 and shared.check(name, body)
end

-- The editors ----------------------------------------------------------------------------------------------------------

local one, other = shared.editor(), shared.editor()
local both = { one = one, other = other }

local function wait_for_finding(peer, key, rule)
  return wait_for(rule .. ' in ' .. key, function()
    return peer:says(key, rule)
  end)
end

local function wait_for_words(peer, key, rule, words)
  wait_for(words .. ' in ' .. key, function()
    return (peer:says(key, rule) or ''):find(words, 1, true)
  end)
end

local function wait_for_none(peer, key, rule)
  wait_for('no ' .. rule .. ' in ' .. key, function()
    return not peer:says(key, rule)
  end)
end

--- Waits until an editor has read a file again that says this.
local function wait_for_reading(peer, key, words)
  wait_for(words .. ' in ' .. key, function()
    return peer:is_met(key) and peer:text(key):find(words, 1, true)
  end)
end

--- Asserts that a hover knows one status of task 7 in all of its files.
local function assert_hover(peer, word)
  local lines = peer:hover()
  local _, n_places = lines:lower():gsub(word, '')
  assert(n_places >= 3, ('%s stands %d times in\n%s'):format(word, n_places, lines))
end

-- The command line ----------------------------------------------------------------------------------------------------

local function lockstep(...)
  local command = { shared.binary, ... }
  vim.list_extend(command, { '--format', 'json' })
  local done = vim.system(command, { cwd = shared.workspace, text = true }):wait()
  return vim.json.decode(done.stdout), done.code
end

local function daemon()
  return (lockstep('daemon', 'status'))
end

--- Runs a command that changes files.
local function change(...)
  local answer, code = lockstep(...)
  assert(code == 0, vim.inspect(answer))
end

--- How many transactions the daemon has made.
local function n_transactions()
  local transaction = vim.iter(daemon().latencies):find(function(it)
    return it.method == 'transaction'
  end)
  return transaction and transaction.count or 0
end

-- Checks -------------------------------------------------------------------------------------------------------------

--- Has the other's diagnostics change by a save, and returns how long it took, from the begin and the end of the save.
local function time(rule, wanted)
  other:expect('state', rule, wanted)
  local began, ended = unpack(one:save())
  local moment = wait_for(rule .. (wanted and '' or ' gone') .. ' in the other', function()
    return other:moment()
  end)
  return (moment - began) / 1e6, (moment - ended) / 1e6
end

local function median(values)
  table.sort(values)
  return values[math.ceil(#values / 2)]
end

check('two editors are served by one daemon', function()
  for _, peer in pairs(both) do
    peer:start()
    peer:open('state')
    wait_for_finding(peer, 'todo', 'drift')
  end
  assert(#daemon().sessions == 2, vim.inspect(daemon()))
end)

check('what is not saved in one is announced in the other, whose text stays', function()
  local before = other:text('todo')
  one:act('[implementing]')
  for _, key in ipairs({ 'todo', 'state' }) do
    local message = wait_for_finding(other, key, 'other-editor')
    assert(message:find('in another Neovim, unsaved', 1, true), message)
  end
  wait_for_finding(other, 'todo', 'drift')
  assert(other:text('todo') == before and not other:is_modified('todo'), other:text('todo'))
end)

check('a save in one changes diagnostics, text and hover in the other', function()
  one:save()
  wait_for_none(other, 'todo', 'drift')
  for _, key in ipairs({ 'todo', 'state' }) do
    wait_for_none(other, key, 'other-editor')
    wait_for_reading(other, key, key == 'todo' and WORDS.implementing or 'implementing')
    wait_for_none(other, key, 'stale-buffer')
  end
  assert_hover(other, 'implementing')
  for name, peer in pairs(both) do
    assert(peer:n_events('task.started') == 1, name .. ' was told of another number of starts')
  end
end)

check('the other follows each save, and its hover with it', function()
  local from_begin, from_end = {}, {}
  local function note(began, ended)
    table.insert(from_begin, began)
    table.insert(from_end, ended)
  end
  for _ = 1, ROUNDS do
    one:replace('state', '"implementing"', '"researched"')
    note(time('drift', true))
    assert(other:hover():find('researched', 1, true), other:hover())
    one:act('everywhere')
    wait_for('the fix', function()
      return one:text('state'):find('"implementing"', 1, true)
    end)
    note(time('drift', false))
    assert_hover(other, 'implementing')
  end
  local load = vim.uv.loadavg()
  io.stdout:write(('# %d saves, load %.1f: diagnostics in the other after a median of %.1f ms from the begin of the save '
    .. '(%.1f at most), %.1f ms from its end (%.1f at most)\n'):format(
    #from_begin, load, median(from_begin), from_begin[#from_begin], median(from_end), from_end[#from_end]))
end)

check('a change from the command line goes through the daemon and shows in both', function()
  local before = n_transactions()
  change('set', '7', 'blocked', '--reason', 'no time')
  assert(n_transactions() == before + 1, 'the daemon was not asked')
  for name, peer in pairs(both) do
    wait_for_reading(peer, 'todo', WORDS.blocked)
    wait_for_reading(peer, 'state', '"blocked"')
    wait_for_none(peer, 'todo', 'stale-buffer')
    assert(peer:n_events('task.blocked') == 1, name .. ' was told of another number of blocks')
    assert_hover(peer, 'blocked')
  end
end)

check('a change that is of no task is read as well', function()
  one:replace('todo', 'and password', 'and a password')
  one:save()
  wait_for_reading(other, 'todo', 'and a password')
  wait_for_none(other, 'todo', 'stale-buffer')
end)

check('what is read while somebody types is not undone with the typing', function()
  other:go_to('7%. Add login')
  other:type('A')
  wait_for('insert mode', function()
    return other:mode() == 'i'
  end)
  change('set', '7', 'implementing')
  wait_for_reading(other, 'todo', WORDS.implementing)
  other:type(' and logout<Esc>')
  wait_for('the typing', function()
    return other:mode() == 'n' and other:text('todo'):find('Add login and logout', 1, true)
  end)
  other:undo('todo')
  wait_for_reading(other, 'todo', WORDS.implementing)
  change('set', '7', 'blocked', '--reason', 'no time again')
  wait_for_reading(one, 'todo', WORDS.blocked)
  wait_for_reading(other, 'todo', WORDS.blocked)
end)

check('whoever has unsaved text is warned when another saves, and keeps it', function()
  other:replace('todo', 'Let people sign in', 'Let everybody sign in')
  local mine = other:text('todo')
  one:act('[implementing]')
  wait_for('the change in one', function()
    return one:text('todo'):find(WORDS.implementing, 1, true)
  end)
  for _, peer in pairs(both) do
    wait_for_finding(peer, 'todo', 'other-editor')
  end
  one:save()
  wait_for_finding(other, 'todo', 'stale-buffer')
  wait_for_reading(other, 'state', '"implementing"')
  assert(other:text('todo') == mine and other:is_modified('todo'), other:text('todo'))
end)

check('and when the command line commits', function()
  local mine = other:text('todo')
  change('set', '7', 'partial')
  wait_for_reading(one, 'todo', WORDS.partial)
  wait_for_reading(other, 'state', '"partial"')
  wait_for_finding(other, 'todo', 'stale-buffer')
  assert(other:text('todo') == mine and other:is_modified('todo'), other:text('todo'))
  -- The other has typed no status: that the one which it has read is old is nobody else's concern.
  wait_for_none(one, 'todo', 'other-editor')
  other:replace('todo', WORDS.blocked, '[ABANDONED]')
  wait_for_words(one, 'todo', 'other-editor', 'this is [ABANDONED] in another Neovim')
end)

check('the death of the daemon is survived, with what is not saved, without a word', function()
  local dead = daemon().pid
  assert(vim.uv.kill(dead, 'sigkill') == 0)
  local mine = other:text('todo')
  for _, peer in pairs(both) do
    assert_hover(peer, 'partial')
  end
  one:replace('state', '"partial"', '"researched"')
  one:save()
  for _, peer in pairs(both) do
    wait_for_finding(peer, 'state', 'drift')
  end
  wait_for_finding(other, 'todo', 'stale-buffer')
  wait_for_words(one, 'todo', 'other-editor', 'this is [ABANDONED] in another Neovim')
  assert(other:text('todo') == mine and other:is_modified('todo'), other:text('todo'))
  -- What the new daemon was told counts, and not what the dead one has said: the status is the one that was read again.
  other:undo('todo')
  wait_for_none(one, 'todo', 'other-editor')
  other:replace('todo', WORDS.blocked, '[RESEARCHED]')
  wait_for_words(one, 'todo', 'other-editor', 'this is [RESEARCHED] in another Neovim')
  other:undo('todo')
  wait_for_none(one, 'todo', 'other-editor')
  local status = daemon()
  assert(status.pid ~= dead and #status.sessions == 2, vim.inspect(status))
  for name, peer in pairs(both) do
    assert(#peer:shown() <= 1, name .. ' was shown ' .. vim.inspect(peer:shown()))
  end
end)

check('whoever takes the own text back reads what is on disk', function()
  other:undo('todo')
  change('fix', '--yes', '7', '--prefer', 'partial')
  change('set', '7', 'implementing')
  for _, peer in pairs(both) do
    wait_for_reading(peer, 'todo', WORDS.implementing)
    wait_for_none(peer, 'todo', 'stale-buffer')
    wait_for_none(peer, 'todo', 'drift')
    wait_for_none(peer, 'todo', 'other-editor')
  end
end)

for name, peer in pairs(both) do
  check('no error was shown in ' .. name .. ', and none stands in its log', function()
    peer:finish()
    vim.rpcnotify(peer.channel, 'nvim_command', 'qall!')
    assert(vim.fn.jobwait({ peer.channel }, 20000)[1] == 0, 'it does not end')
  end)
end

vim.cmd(shared.n_failed == 0 and 'qall!' or 'cquit 1')
