--- Which files the edits of the server changed, so that :LockstepWrite can write exactly these.
local M = {}

local last = {} -- URI -> true: the last edit
local unwritten = {} -- URI -> true: every edit that is not written yet
local followed = {} -- client id -> true

local function note(edit)
  if type(edit) ~= 'table' then
    return
  end
  last = {}
  for _, change in ipairs(edit.documentChanges or {}) do
    local uri = change.kind == 'rename' and change.newUri or change.uri or (change.textDocument or {}).uri
    if uri and change.kind ~= 'delete' then
      last[uri] = true
    end
  end
  for uri in pairs(edit.changes or {}) do
    last[uri] = true
  end
  unwritten = vim.tbl_extend('force', unwritten, last)
end

--- Notes every edit that comes through `client`: asked for by the server, or carried by a resolved code action.
--- Neovim has no event for an applied edit, and a code action does not pass through a handler.
function M.follow(client)
  if followed[client.id] then
    return
  end
  followed[client.id] = true
  local apply = client.handlers['workspace/applyEdit'] or vim.lsp.handlers['workspace/applyEdit']
  client.handlers['workspace/applyEdit'] = function(err, params, ctx)
    note(params and params.edit)
    return apply(err, params, ctx)
  end
  local request = client.request
  client.request = function(self, method, params, handler, bufnr)
    if method == 'codeAction/resolve' and handler then
      local inner = handler
      handler = function(err, action, ...)
        note(type(action) == 'table' and action.edit or nil)
        return inner(err, action, ...)
      end
    end
    return request(self, method, params, handler, bufnr)
  end
end

--- Whether a buffer says what its file says.
local function is_saved(bufnr, path)
  local lines = vim.fn.readfile(path)
  if vim.bo[bufnr].fileformat == 'dos' then
    lines = vim.tbl_map(function(line)
      return (line:gsub('\r$', ''))
    end, lines)
  end
  return vim.deep_equal(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), lines)
end

--- Brings loaded buffers together with files that the server has written: they are read again, but for those that hold
--- more than what is on disk. These keep it, modified.
function M.meet(paths)
  for _, path in ipairs(paths) do
    local bufnr = vim.fn.bufnr('^' .. vim.fn.escape(path, '[]*?{},\\') .. '$')
    if bufnr > 0 and vim.api.nvim_buf_is_loaded(bufnr) then
      if vim.bo[bufnr].modified and is_saved(bufnr, path) then
        vim.bo[bufnr].modified = false
        unwritten[vim.uri_from_bufnr(bufnr)] = nil
      end
      if not vim.bo[bufnr].modified then
        vim.cmd.checktime(bufnr)
        -- What is typed next is undone without what was read: see |undo-break|.
        vim.go.undolevels = vim.go.undolevels
      end
    end
  end
end

--- Writes the modified buffers among the last edit's, or among those of every edit. Returns what was written and what
--- could not be, with the reason.
function M.write(every)
  local written, failed = {}, {}
  for uri in vim.spairs(every and unwritten or last) do
    local bufnr = vim.uri_to_bufnr(uri)
    local path = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':.')
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].modified then
      local ok, reason = pcall(vim.api.nvim_buf_call, bufnr, function()
        vim.cmd('silent write ++p')
      end)
      table.insert(ok and written or failed, ok and path or (path .. ': ' .. reason))
    end
    if not vim.bo[bufnr].modified then
      unwritten[uri] = nil
    end
  end
  return written, failed
end

return M
