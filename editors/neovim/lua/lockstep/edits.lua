--- Which files the edits of the server changed, so that :LockstepWrite can write exactly these.
local M = {}

local made = {} -- every edit that is not written yet, and the last: URI -> the number of its undo step in that buffer
local saved = {} -- URI -> the undo step that the server has written
local followed = {} -- client id -> true
local told = setmetatable({}, { __mode = 'k' }) -- edits of which was said that they are half undone

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
    local is_loaded = vim.api.nvim_buf_is_loaded(bufnr)
    steps[uri] = is_loaded and undo_tree(uri).seq_cur or 0
    if is_loaded then
      M.watch(bufnr)
    end
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
    local message = 'lockstep: %d files changed: `:Lockstep write` saves them, `:Lockstep undo` takes all back'
    vim.notify(message:format(n), vim.log.levels.INFO)
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

local function relative(uri)
  return vim.fn.fnamemodify(vim.uri_to_fname(uri), ':.')
end

--- The files in which an edit was undone, and those in which it was not.
local function parted(steps)
  local undone, rest = {}, {}
  for uri, step in vim.spairs(steps) do
    table.insert(is_undone(uri, step) and undone or rest, relative(uri))
  end
  return undone, rest
end

--- Why an edit cannot be written: it was undone in some of its buffers only.
local function half(steps)
  local undone, rest = parted(steps)
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

--- Says once of an edit that was undone in one of its buffers that it stands in the others. Nothing is asked: an answer
--- would be the next key of somebody who undoes more.
local function tell_half(bufnr)
  local uri = vim.uri_from_bufnr(bufnr)
  for _, steps in ipairs(made) do
    if steps[uri] and not told[steps] and is_undone(uri, steps[uri]) then
      local _, rest = parted(steps)
      if #rest > 0 then
        told[steps] = true
        vim.notify(
          ('lockstep: undone here, and not in %s: `:Lockstep undo` undoes it there too'):format(table.concat(rest, ', ')),
          vim.log.levels.WARN
        )
      end
    end
  end
end

--- Watches whether edits are undone in a buffer.
function M.watch(bufnr)
  vim.api.nvim_create_autocmd('TextChanged', {
    group = vim.api.nvim_create_augroup('lockstep_undo_' .. bufnr, {}),
    buffer = bufnr,
    callback = function()
      tell_half(bufnr)
    end,
  })
end

--- Whether a buffer holds an edit, its undo step `step`, that is not in the file.
local function is_unwritten(uri, step)
  local bufnr = vim.uri_to_bufnr(uri)
  if not vim.bo[bufnr].modified or (saved[uri] or 0) >= step then
    return false
  end
  return not vim.iter(undo_tree(uri).entries):any(function(entry)
    return entry.seq >= step and entry.save ~= nil
  end)
end

--- Undoes the last edit that is not written, in all of its buffers where it stands, or in none: a buffer that was changed
--- after it would lose more. Returns the files, and why it cannot be; nothing where no edit is left to undo.
function M.undo()
  for at = #made, 1, -1 do
    local steps, todo, later, is_left_over = made[at], {}, {}, false
    for uri, step in vim.spairs(steps) do
      local bufnr = vim.uri_to_bufnr(uri)
      if step > 0 and not is_undone(uri, step) and vim.api.nvim_buf_is_loaded(bufnr) then
        table.insert(undo_tree(uri).seq_cur == step and todo or later, uri)
        is_left_over = is_left_over or is_unwritten(uri, step)
      end
    end
    if is_left_over and #later > 0 then
      return {}, ('nothing was undone: %s was changed after it; undo there first, with `u`'):format(
        table.concat(vim.tbl_map(relative, later), ', ')
      )
    end
    if is_left_over then
      for _, uri in ipairs(todo) do
        vim.api.nvim_buf_call(vim.uri_to_bufnr(uri), function()
          vim.cmd('silent undo')
        end)
      end
      table.remove(made, at)
      return vim.tbl_map(relative, todo)
    end
  end
  return {}
end

--- Reads the file of a buffer again and keeps the text of the buffer, which holds what the file says: writing it asks
--- nothing then. Only lines that differ are set.
function M.keep_over(bufnr)
  vim.api.nvim_buf_call(bufnr, function()
    local view, lines = vim.fn.winsaveview(), vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)
    vim.cmd('silent edit!')
    local read = vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)
    local function joined(list)
      return table.concat(list, '\n') .. '\n'
    end
    local hunks = vim.diff(joined(read), joined(lines), { result_type = 'indices' })
    for at = #hunks, 1, -1 do
      local start, count, from, n = unpack(hunks[at])
      -- Of nothing, the line before is told.
      local first = count == 0 and start or start - 1
      vim.api.nvim_buf_set_lines(bufnr, first, first + count, false, vim.list_slice(lines, from, from + n - 1))
    end
    vim.fn.winrestview(view)
  end)
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
