--- What others do, in other editors and on disk: buffers follow where nothing is lost by it.
local M = {}

local function follow(paths)
  if vim.o.autoread then
    require('lockstep.edits').meet(paths)
  end
end

--- Nothing is loaded for a line of status that nobody shows.
local function changed(client)
  if client and package.loaded['lockstep.tasks'] then
    require('lockstep.tasks').changed(client)
  end
end

--- The server tells of a change of a task. It is passed on to the user's autocommands.
function M.on_event(_, event, ctx)
  follow(vim.tbl_map(function(file)
    return vim.fs.joinpath(event.workspace, file)
  end, event.files))
  changed(vim.lsp.get_client_by_id(ctx.client_id))
  vim.api.nvim_exec_autocmds('User', { pattern = 'LockstepEvent', modeline = false, data = event })
end

--- Findings have changed. A file with other text than its buffer has need not be an event.
function M.on_findings(event)
  changed(vim.lsp.get_clients({ name = 'lockstep', bufnr = event.buf })[1])
  local is_stale = vim.iter(event.data.diagnostics):any(function(diagnostic)
    return diagnostic.code == 'stale-buffer'
  end)
  if is_stale then
    -- Within an autocommand nothing is read.
    vim.schedule(function()
      if vim.api.nvim_buf_is_valid(event.buf) then
        follow({ vim.api.nvim_buf_get_name(event.buf) })
      end
    end)
  end
end

return M
