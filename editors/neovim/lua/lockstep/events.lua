--- What the server tells of: every change of a task, whoever made it and with what.
local M = {}

--- Reads the files of an event again where nothing is lost by it, and passes it on to the user's autocommands.
function M.on_event(_, event)
  if vim.o.autoread then
    require('lockstep.edits').meet(vim.tbl_map(function(file)
      return vim.fs.joinpath(event.workspace, file)
    end, event.files))
  end
  vim.api.nvim_exec_autocmds('User', { pattern = 'LockstepEvent', modeline = false, data = event })
end

return M
