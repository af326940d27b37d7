-- A real editor in a process of its own, which `two.lua` and `keys.lua` start and ask: loaded by `nvim --embed --headless`, it makes `Peer`.

local here = vim.fs.dirname(vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
local shared = dofile(vim.fs.joinpath(here, 'shared.lua'))
local events = {} -- kinds of what the server told of
local mark -- what is waited for, and when it came

Peer = { text = shared.text, go_to = shared.go_to, finish = shared.assert_no_complaint }

local function shows(key, rule)
  return shared.finding(key, rule) ~= nil
end

function Peer.start()
  shared.start({ shared.binary, 'lsp' })
  vim.api.nvim_create_autocmd('User', {
    pattern = 'LockstepEvent',
    callback = function(event)
      table.insert(events, event.data.kind)
    end,
  })
  vim.api.nvim_create_autocmd('DiagnosticChanged', {
    callback = function()
      if mark and not mark.at and shows(mark.key, mark.rule) == mark.wanted then
        mark.at = vim.uv.hrtime()
      end
    end,
  })
  shared.attach()
end

function Peer.open(key)
  vim.cmd.edit(vim.fn.fnameescape(shared.path(key)))
end

--- What a rule says in a file, or nothing.
function Peer.says(key, rule)
  return (shared.finding(key, rule) or {}).message
end

function Peer.is_modified(key)
  return vim.bo[shared.buffer(key)].modified
end

--- Whether a buffer holds what is on disk, unmodified.
function Peer.is_met(key)
  return not Peer.is_modified(key) and shared.text(key) == shared.disk(key)
end

function Peer.n_events(kind)
  return #vim.tbl_filter(function(it)
    return it == kind
  end, events)
end

function Peer.shown()
  return shared.shown
end

--- The hover at task 7.
function Peer.hover()
  shared.go_to('7%. Add login')
  return table.concat(shared.hover(), '\n')
end

--- Chooses the code action at task 7 whose title holds these words.
function Peer.act(words)
  shared.go_to('%*%*Status%*%*: %[')
  shared.go_to('%[%u[%u ]+%]')
  shared.run_code_action(function(title)
    return title:find(words, 1, true) ~= nil
  end)
end

--- Puts other text in the place of some, as typing does.
function Peer.replace(key, old, new)
  local lines = vim.api.nvim_buf_get_lines(shared.buffer(key), 0, -1, false)
  for number, line in ipairs(lines) do
    local from, to = line:find(old, 1, true)
    if from then
      return vim.api.nvim_buf_set_text(shared.buffer(key), number - 1, from - 1, number - 1, to, { new })
    end
  end
  error(key .. ' does not hold ' .. old)
end

--- Types, which Neovim takes in once this has returned.
function Peer.type(keys)
  vim.api.nvim_input(keys)
end

function Peer.mode()
  return vim.api.nvim_get_mode().mode
end

--- Has Neovim offer completions of the server, the first of them selected.
function Peer.completes()
  vim.lsp.completion.enable(true, shared.attach().id, shared.buffer('todo'))
  vim.o.completeopt = 'menuone,noinsert'
end

--- What the menu offers, as it is shown.
function Peer.menu()
  local info = vim.fn.complete_info({ 'items', 'pum_visible' })
  return info.pum_visible == 1 and vim.tbl_map(function(item)
    return item.abbr ~= '' and item.abbr or item.word
  end, info.items) or nil
end

--- Takes the last change of a buffer back.
function Peer.undo(key)
  vim.api.nvim_buf_call(shared.buffer(key), function()
    vim.cmd('silent undo')
  end)
end

--- Notes the moment at which a rule says something in a file, or nothing more.
function Peer.expect(key, rule, wanted)
  mark = { key = key, rule = rule, wanted = wanted }
end

--- That moment, in nanoseconds of a clock that all processes share.
function Peer.moment()
  return mark.at
end

--- Writes every buffer. Returns when that began and ended.
function Peer.save()
  local began = vim.uv.hrtime()
  vim.cmd('silent wall')
  return { began, vim.uv.hrtime() }
end
