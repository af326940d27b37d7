-- Sets the status of a task in a real Neovim, and saves it: what stands beside the workbench in the journeys through VS Code.
--
--   LOCKSTEP_BIN=… LOCKSTEP_WORKSPACE=… LOCKSTEP_TASK=7 LOCKSTEP_STATUS=implementing nvim --headless --clean -l set_in_neovim.lua

vim.env.XDG_STATE_HOME = vim.fn.tempname()

local here = vim.fs.dirname(vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
local shared = dofile(vim.fs.joinpath(here, '../shared.lua'))
local status = vim.env.LOCKSTEP_STATUS

-- A device on which a file is written long before the editor says so: longer than the server waits for the next file.
vim.api.nvim_create_autocmd('BufWritePost', {
  callback = function()
    vim.uv.sleep(3100)
  end,
})

shared.start({ shared.binary, 'lsp' })
shared.attach()
vim.cmd(('LockstepSet %s %s'):format(vim.env.LOCKSTEP_TASK, status))
local marker = ('[%s]'):format(status:upper())
shared.wait_for(marker .. ' in TODO.md', function()
  return shared.text('todo'):find(marker, 1, true) ~= nil
end)
vim.cmd('LockstepWrite')
shared.wait_for(marker .. ' on disk', function()
  return shared.disk('todo'):find(marker, 1, true) ~= nil
end)
vim.cmd('qall!')
