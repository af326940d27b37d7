--- What the drivers of Neovim share: reporting, waiting, and what an editor shows of the workspace.
local M = {}

local DEADLINE_MS = 20000

M.FILES = {
  todo = 'specs/TODO.md',
  state = 'specs/state.json',
  project = 'specs/007_login/state.json',
  plan = 'specs/007_login/plans/implementation-001.md',
}

M.here = vim.fs.dirname(vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
M.workspace = assert(vim.uv.fs_realpath(vim.env.LOCKSTEP_WORKSPACE or error('LOCKSTEP_WORKSPACE is not set')))
M.binary = vim.env.LOCKSTEP_BIN or error('LOCKSTEP_BIN is not set')
M.binary = vim.fn.exepath(M.binary) ~= '' and vim.fn.exepath(M.binary) or M.binary

-- Reporting ---------------------------------------------------------------------------------------------------------

M.n_failed = 0

local function report(ok, name, detail)
  M.n_failed = M.n_failed + (ok and 0 or 1)
  io.stdout:write(('%s - %s\n'):format(ok and 'ok' or 'not ok', name))
  if not ok and detail then
    io.stdout:write('  # ' .. tostring(detail):gsub('\n', '\n  # ') .. '\n')
  end
  io.stdout:flush()
end

function M.check(name, body)
  local ok, detail = xpcall(body, debug.traceback)
  report(ok, name, detail)
  return ok
end

--- Waits until `condition` holds and returns its value.
function M.wait_for(what, condition)
  local value
  local held = vim.wait(DEADLINE_MS, function()
    value = condition()
    return value
  end, 10)
  assert(held, ('waited %d ms in vain for %s'):format(DEADLINE_MS, what))
  return value
end

-- What the editor is asked -------------------------------------------------------------------------------------------

function M.path(key)
  return vim.fs.joinpath(M.workspace, M.FILES[key])
end

function M.buffer(key)
  return vim.fn.bufnr('^' .. vim.fn.escape(M.path(key), '[]*?{},\\') .. '$')
end

function M.text(key)
  local bufnr = M.buffer(key)
  return bufnr > 0 and table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), '\n') or ''
end

function M.disk(key)
  return table.concat(vim.fn.readfile(M.path(key)), '\n')
end

--- What a rule finds in a file.
function M.finding(key, rule)
  local bufnr = M.buffer(key)
  local found = bufnr > 0 and vim.diagnostic.get(bufnr) or {}
  return vim.iter(found):find(function(diagnostic)
    return diagnostic.code == rule
  end)
end

--- Waits until a rule finds nothing in a file.
function M.wait_for_none(key, rule)
  M.wait_for('no ' .. rule .. ' in ' .. M.FILES[key], function()
    return not M.finding(key, rule)
  end)
end

--- Puts the cursor on the first match of `pattern` in TODO.md.
function M.go_to(pattern)
  vim.api.nvim_set_current_buf(M.buffer('todo'))
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(pattern)
    if column then
      return vim.api.nvim_win_set_cursor(0, { number, column - 1 })
    end
  end
  error('TODO.md does not hold ' .. pattern)
end

--- The lines of the hover at the cursor.
function M.hover()
  vim.lsp.buf.hover()
  local lines = M.wait_for('the hover window', function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then
        return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
      end
    end
  end)
  vim.cmd('silent! fclose!')
  return lines
end

function M.run_code_action(wanted)
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

-- Other editors ----------------------------------------------------------------------------------------------------

--- A Neovim of its own process; its methods are the functions of `peer.lua`.
function M.editor()
  local channel = vim.fn.jobstart({
    vim.v.progpath, '--embed', '--headless', '--clean', '-c', 'luafile ' .. vim.fn.fnameescape(M.here .. '/peer.lua'),
  }, { rpc = true })
  assert(channel > 0, 'Neovim does not start')
  return setmetatable({ channel = channel }, {
    __index = function(_, name)
      return function(_, ...)
        local value = vim.rpcrequest(channel, 'nvim_exec_lua', ('return Peer.%s(...)'):format(name), { ... })
        return value ~= vim.NIL and value or nil
      end
    end,
  })
end

-- Set-up -------------------------------------------------------------------------------------------------------------

M.shown = {} -- messages of the server
local complaints = {}

--- Starts the plugin, with a server by this command. Nothing that Neovim would show is lost: it is noted.
function M.start(cmd, on_exit)
  print = function() end -- Neovim names each edit that a server asks for
  vim.notify = function(message, level)
    -- W325 is Neovim's word on a file that another Neovim has open.
    if (level or vim.log.levels.INFO) >= vim.log.levels.WARN and not message:find('^W325') then
      table.insert(complaints, message)
    end
  end
  vim.lsp.handlers['window/showMessage'] = function(_, params)
    table.insert(M.shown, params.message)
  end
  vim.ui.select = function(items, _, on_choice)
    on_choice(items[1], 1)
  end
  vim.v.errmsg = ''
  vim.cmd('filetype on')
  vim.opt.runtimepath:prepend(vim.env.LOCKSTEP_PLUGIN or vim.fs.normalize(vim.fs.joinpath(M.here, '../../editors/neovim')))
  vim.cmd('runtime plugin/lockstep.lua')
  local is_repository = vim.uv.fs_stat(M.workspace .. '/.git') or vim.uv.fs_stat(M.workspace .. '/lockstep.toml')
  require('lockstep').setup({ cmd = cmd, root_dir = not is_repository and M.workspace or nil, on_exit = on_exit })
end

--- Opens TODO.md and waits for its client.
function M.attach()
  vim.cmd.edit(vim.fn.fnameescape(M.path('todo')))
  return M.wait_for('a client', function()
    local found = vim.lsp.get_clients({ name = 'lockstep', bufnr = 0 })[1]
    return found and found.initialized and found
  end)
end

--- Fails if an error was shown, or stands in the log.
function M.assert_no_complaint()
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
    -- Neovim's highlighter cancels requests that were answered just now, and asks a server that was told to leave.
    local is_late = line:find('Cannot find request with id %d+ whilst attempting to cancel')
      or line:find('"semantic_tokens".*code = %-32600')
    return not is_late and (line:match('^%[ERROR%]') or line:match('^%[WARN%]'))
  end, lines)
  assert(#errors == 0, table.concat(errors, '\n'))
end

return M
