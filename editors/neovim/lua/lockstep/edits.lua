--- Which files the edits of the server changed, so that :LockstepWrite can write exactly these.
local M = {}

local made = {} -- every edit that is not written yet, and the last: URI -> the number of its undo step in that buffer
local saved = {} -- URI -> the undo step that the server has written
local followed = {} -- client id -> true

local function undo_tree(uri)
  return vim.fn.undotree(vim.uri_to_bufnr(uri))
end

--- Notes an edit that was just applied.
local function note(edit)
  if type(edit) ~= 'table' then
    return
  end
  local steps = {}
  local function add(uri)
    local bufnr = vim.uri_to_bufnr(uri)
    steps[uri] = vim.api.nvim_buf_is_loaded(bufnr) and undo_tree(uri).seq_cur or 0
  end
  for _, change in ipairs(edit.documentChanges or {}) do
    -- What is renamed is so on disk already.
    local uri = change.uri or (change.textDocument or {}).uri
    if uri and change.kind ~= 'delete' then
      add(uri)
    end
  end
  for uri in pairs(edit.changes or {}) do
    add(uri)
  end
  table.insert(made, steps)
  local n = vim.tbl_count(steps)
  if n > 1 then
    vim.notify(('lockstep: %d files changed: `:LockstepWrite` saves them'):format(n), vim.log.levels.INFO)
  end
end

--- Whether an undo step stands on a branch that was left.
local function is_left(entries, step)
  return vim.iter(entries):any(function(entry)
    return vim.iter(entry.alt or {}):any(function(other)
      return other.seq == step
    end) or is_left(entry.alt or {}, step)
  end)
end

--- Whether a buffer does not hold an edit any more that is its undo step `step`: it was undone, or read again from disk.
local function is_undone(uri, step)
  local bufnr = vim.uri_to_bufnr(uri)
  if step == 0 or not vim.api.nvim_buf_is_loaded(bufnr) then
    return false
  end
  local tree = undo_tree(uri)
  if step > tree.seq_cur or is_left(tree.entries, step) then
    return true
  end
  local written = vim.bo[bufnr].modified or (saved[uri] or 0) >= step
  return not written and not vim.iter(tree.entries):any(function(entry)
    return entry.seq >= step and entry.save ~= nil
  end)
end

--- Why an edit cannot be written: it was undone in some of its buffers only.
local function half(steps)
  local undone, rest = {}, {}
  for uri, step in vim.spairs(steps) do
    local path = vim.fn.fnamemodify(vim.uri_to_fname(uri), ':.')
    table.insert(is_undone(uri, step) and undone or rest, path)
  end
  if #undone == 0 or #rest == 0 then
    return nil
  end
  local list = table.concat(undone, ', ')
  return ('nothing was written: the change is undone in %s, but not in %s; undo it there too, or redo it in %s'):format(
    list,
    table.concat(rest, ', '),
    list
  )
end

--- Notes every edit that comes through `client`: asked for by the server, carried by a resolved code action, or
--- the answer to a rename.
--- Neovim has no event for an applied edit, and a code action does not pass through a handler.
function M.follow(client)
  if followed[client.id] then
    return
  end
  followed[client.id] = true
  local apply = client.handlers['workspace/applyEdit'] or vim.lsp.handlers['workspace/applyEdit']
  client.handlers['workspace/applyEdit'] = function(err, params, ctx)
    local answer = apply(err, params, ctx)
    note(params and params.edit)
    return answer
  end
  local request = client.request
  client.request = function(self, method, params, handler, bufnr)
    local carries = ({ ['codeAction/resolve'] = 'action', ['textDocument/rename'] = 'edit' })[method]
    if carries and handler then
      local inner = handler
      handler = function(err, result, ...)
        local answer = inner(err, result, ...)
        local edit = type(result) == 'table' and (carries == 'edit' and result or result.edit) or nil
        note(edit)
        return answer
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
        local uri = vim.uri_from_bufnr(bufnr)
        saved[uri] = undo_tree(uri).seq_cur
      end
      if not vim.bo[bufnr].modified then
        vim.cmd.checktime(bufnr)
        -- What is typed next is undone without what was read: see |undo-break|.
        vim.go.undolevels = vim.go.undolevels
      end
    end
  end
end

--- Forgets edits of which nothing is left to write, but for the last.
local function forget()
  for at = #made - 1, 1, -1 do
    local is_open = false
    for uri in pairs(made[at]) do
      is_open = is_open or vim.bo[vim.uri_to_bufnr(uri)].modified
    end
    if not is_open then
      table.remove(made, at)
    end
  end
end

--- Writes the modified buffers among the last edit's, or among those of every edit: all of them, or none where an edit
--- was undone in some of its buffers. Returns what was written and what could not be, with the reason.
function M.write(every)
  local written, failed, uris = {}, {}, {}
  for at = every and 1 or math.max(#made, 1), #made do
    table.insert(failed, half(made[at]))
    uris = vim.tbl_extend('force', uris, made[at])
  end
  if #failed > 0 then
    return written, failed
  end
  for uri in vim.spairs(uris) do
    local bufnr = vim.uri_to_bufnr(uri)
    local path = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':.')
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].modified then
      local ok, reason = pcall(vim.api.nvim_buf_call, bufnr, function()
        vim.cmd('silent write ++p')
      end)
      table.insert(ok and written or failed, ok and path or (path .. ': ' .. reason))
    end
  end
  forget()
  return written, failed
end

return M
