--- :checkhealth lockstep
local M = {}

function M.check()
  local health = vim.health
  health.start('lockstep')
  if vim.fn.has('nvim-0.11') == 0 then
    return health.error('Neovim 0.11 or newer is needed')
  end
  health.ok('Neovim ' .. tostring(vim.version()))

  local config = vim.lsp.config.lockstep
  if not config then
    return health.error("lsp/lockstep.lua is not on 'runtimepath'")
  end
  local command = config.cmd
  if type(command) ~= 'table' then
    health.info('the server is started by a function of your own')
  elseif vim.fn.executable(command[1]) == 0 then
    health.error(("'%s' cannot be run"):format(command[1]), { "install Lockstep, or set `cmd` in require('lockstep').setup" })
  else
    local done, run = pcall(function()
      return vim.system({ command[1], '--version' }, { text = true }):wait(3000)
    end)
    if done and run.code == 0 then
      health.ok(('%s: %s'):format(vim.fn.exepath(command[1]), vim.trim(run.stdout)))
    else
      health.error(("'%s --version' failed"):format(command[1]))
    end
  end

  local clients = vim.lsp.get_clients({ name = 'lockstep' })
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    health.ok(('running for %s, %d buffers'):format(client.root_dir or 'single files', buffers))
  end
  if #clients == 0 then
    health.info('not running; it starts with the first buffer of type ' .. table.concat(config.filetypes or {}, ', '))
  end
  if not vim.o.autoread then
    health.warn("'autoread' is off: files that others change are not read again", { 'set autoread' })
  end
end

return M
