--- Set-up in one call. `vim.lsp.enable('lockstep')` alone does as well; this adds options.
local M = {}

--- True on a Neovim that has `vim.lsp.config`; says otherwise what is needed, once.
function M.supported()
  if vim.fn.has('nvim-0.11') == 1 then
    return true
  end
  vim.api.nvim_echo({ { 'lockstep: Neovim 0.11 or newer is needed', 'WarningMsg' } }, true, {})
  return false
end

--- What the tasks of this buffer's workspace come to: `1 active, 5 open, 1 apart`. For 'statusline'.
function M.statusline()
  return require('lockstep.tasks').statusline()
end

--- A buffer has the server now. |gO| shows its tasks, phases and boxes: a filetype plugin may have it show headings.
function M.attached(client, bufnr)
  if vim.g.lockstep_outline ~= false and client:supports_method('textDocument/documentSymbol', bufnr) then
    vim.keymap.set('n', 'gO', function()
      vim.lsp.buf.document_symbol()
    end, { buffer = bufnr, desc = 'Outline of tasks' })
  end
end

--- opts.autostart: attach by itself to matching buffers (true). Every other key is a key of |vim.lsp.Config|
--- and replaces the one in lsp/lockstep.lua: cmd, filetypes, root_markers, root_dir, settings, on_attach ...
function M.setup(opts)
  if not M.supported() then
    return
  end
  local config = vim.deepcopy(opts or {})
  local autostart = config.autostart ~= false
  config.autostart = nil
  vim.lsp.config('lockstep', config)
  vim.lsp.enable('lockstep', autostart)
end

return M
