-- Drives a real Neovim by its keyboard: what is typed, what the menu offers, and what all files hold once it is accepted.
--
--   LOCKSTEP_BIN=target/release/lockstep LOCKSTEP_WORKSPACE=<copy of tests/editors/workspace> \
--     LOCKSTEP_RUNTIME_DIR=<a new folder> nvim --headless --clean -l tests/editors/keys.lua
--
-- Prints as `neovim.lua` does. Nothing is saved.

local IMPLEMENTING = { -- what each file says when task 7 is being implemented
  todo = '%*%*Status%*%*: %[IMPLEMENTING%]\n',
  state = '"project_number": 7,.-"status": "implementing"',
  project = '"status": "implementing"',
  plan = '%*%*Status%*%*: %[IN PROGRESS%]',
}

local here = vim.fs.dirname(vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
local shared = dofile(vim.fs.joinpath(here, 'shared.lua'))
local wait_for = shared.wait_for

--- Each check begins where the one before ends: after the first that fails none is made.
local function check(name, body)
  return shared.n_failed == 0 and shared.check(name, body)
end

local peer = shared.editor()

local function wait_for_text(key, pattern)
  wait_for(pattern .. ' in ' .. shared.FILES[key], function()
    return peer:text(key):find(pattern)
  end)
end

--- Types from normal mode, opens the menu, and returns what it offers.
local function menu(keys)
  peer:type(keys .. '<C-x><C-o>')
  return wait_for('a menu', function()
    return peer:menu()
  end)
end

local function leave()
  peer:type('<Esc>')
  wait_for('normal mode', function()
    return peer:mode() == 'n'
  end)
end

check('a Neovim attaches', function()
  peer:start()
  peer:completes()
  wait_for('drift in TODO.md', function()
    return peer:says('todo', 'drift')
  end)
end)

check('in a marker the status comes first whose letters are typed', function()
  peer:go_to('%[PLANNED%]')
  local offered = menu('lct]IM')
  assert(offered[1] == '[IMPLEMENTING]' and #offered > 1, vim.inspect(offered))
end)

check('accepting it changes four files, and writes none', function()
  peer:type('<C-y>')
  for key, pattern in pairs(IMPLEMENTING) do
    wait_for_text(key, pattern)
    assert(not shared.disk(key):find(pattern), shared.FILES[key] .. ' was written')
  end
  wait_for_text('todo', '%*%*Started%*%*: %d%d%d%d')
  local _, n = peer:text('todo'):gsub('%[IMPLEMENTING', '')
  assert(n == 1, peer:text('todo'))
  leave()
end)

check('below a field another one that the task lacks is offered, and written in that form', function()
  peer:go_to('%*%*Dependencies%*%*: 7')
  local offered = menu('cc- **De')
  assert(vim.deep_equal(offered, { 'Dependencies' }), vim.inspect(offered))
  peer:type('<C-y>')
  wait_for_text('todo', '\n%- %*%*Dependencies%*%*: \n')
  leave()
end)

check('in a link the plan of the task is offered first, and led to from the file', function()
  peer:go_to('%*%*Status%*%*: %[IMPLEMENTING')
  local offered = menu('o- **Notes**: [see](impl')
  assert(offered[1] == '007_login/plans/implementation-001.md', vim.inspect(offered))
  peer:type('<C-y>')
  wait_for_text('todo', '%[see%]%(007_login/plans/implementation%-001%.md%)\n')
  leave()
end)

check('no error was shown, and none stands in the log', function()
  peer:finish()
  vim.rpcnotify(peer.channel, 'nvim_command', 'qall!')
  assert(vim.fn.jobwait({ peer.channel }, 20000)[1] == 0, 'it does not end')
end)

vim.cmd(shared.n_failed == 0 and 'qall!' or 'cquit 1')
