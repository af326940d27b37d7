--- `:Lockstep SUBCOMMAND`: every command of the plugin behind one name, with completion.
local M = {}

local function commands(name)
  return function(...)
    return require('lockstep.commands')[name](...)
  end
end

local function tasks(name)
  return function(...)
    return require('lockstep.tasks')[name](...)
  end
end

--- The subcommands: what each does, and how the rest of its line is completed.
local SUBCOMMANDS = {
  set = { run = commands('set'), complete = commands('complete_set') },
  fix = { run = commands('fix'), complete = commands('complete_fix') },
  fixall = { run = commands('fix_all') },
  undo = { run = commands('undo') },
  merge = { run = commands('merge') },
  write = { run = commands('write') },
  list = { run = tasks('list') },
  pick = { run = tasks('pick'), complete = tasks('complete_pick') },
  next = { run = tasks('next') },
  toggle = { run = commands('toggle'), complete = commands('complete_task') },
  rename = { run = commands('rename') },
  outline = {
    run = function()
      vim.lsp.buf.document_symbol()
    end,
  },
}

local function names()
  return vim.fn.sort(vim.tbl_keys(SUBCOMMANDS))
end

--- Runs a subcommand. `opts` is what a user command is given; the subcommand is its first word.
function M.run(opts)
  local name, rest = opts.args:match('^%s*(%S+)%s*(.*)$')
  local subcommand = SUBCOMMANDS[name or 'pick']
  if not subcommand then
    local message = ('lockstep: no subcommand %s; there are %s'):format(name, table.concat(names(), ', '))
    return vim.notify(message, vim.log.levels.ERROR)
  end
  rest = rest or ''
  return subcommand.run(vim.tbl_extend('force', opts, {
    args = rest,
    fargs = vim.split(rest, '%s+', { trimempty = true }),
  }))
end

--- Completes the subcommand, then what it takes.
function M.complete(lead, line, cursor)
  local before = line:sub(1, cursor)
  local name, rest = before:match('Lockstep!?%s+(%S+)%s+(.*)$')
  if not name then
    return vim.tbl_filter(function(word)
      return vim.startswith(word, lead)
    end, names())
  end
  local complete = (SUBCOMMANDS[name] or {}).complete
  -- What completes a command reads its line from behind its name.
  return complete and complete(lead, rest, #rest) or {}
end

return M
