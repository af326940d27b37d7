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
