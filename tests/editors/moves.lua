-- Drives a real Neovim through a change of a status that moves the files of its task. As neovim.lua.

vim.env.XDG_STATE_HOME = vim.fn.tempname() -- a log of its own, from before anything opens it

local here = vim.fs.dirname(vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
local shared = dofile(vim.fs.joinpath(here, 'shared.lua'))
local FILES, workspace = shared.FILES, shared.workspace
local check, wait_for = shared.check, shared.wait_for
local buffer, text, disk = shared.buffer, shared.text, shared.disk

local PENDING = 'docs/pending/high/api/login'
local BEGUN = 'docs/in-progress/high/api/login'
FILES.index, FILES.notes = PENDING .. '/login-index.md', PENDING .. '/notes.md'
FILES.begun, FILES.begun_notes = BEGUN .. '/login-index.md', BEGUN .. '/notes.md'
FILES.readme = 'README.md'

local function exists(path)
  return vim.uv.fs_stat(vim.fs.joinpath(workspace, path)) ~= nil
end

local function write(key, lines)
  vim.fn.mkdir(vim.fs.dirname(shared.path(key)), 'p')
  vim.fn.writefile(lines, shared.path(key))
end

write('index', { '# Login', '', '## Overview', '- **Status**: Pending', '', 'After [this](notes.md).' })
write('notes', { 'See [all](../../../../../README.md).' })
write('readme', { '# All', '', '- [Login](' .. FILES.index .. ')' })

shared.start({ shared.binary, 'lsp', '--in-process' })

local attached = check('the plugin attaches to the file of a task in a folder', function()
  shared.attach()
  vim.cmd.edit(vim.fn.fnameescape(shared.path('readme')))
  vim.cmd.edit(vim.fn.fnameescape(shared.path('index')))
end)

if attached then
  check('unsaved text in the folder keeps it where it is, with the reason', function()
    vim.cmd.edit(vim.fn.fnameescape(shared.path('notes')))
    vim.api.nvim_buf_set_lines(buffer('notes'), 1, 1, false, { 'More.' })
    local said
    local notify = vim.notify
    vim.notify = function(message)
      said = message
    end
    vim.cmd('LockstepSet login in_progress')
    wait_for('the reason', function()
      return said
    end)
    vim.notify = notify
    assert(said:find('notes.md has unsaved changes', 1, true), said)
    assert(exists(FILES.index) and not exists(BEGUN), 'files were moved')
    vim.cmd('silent undo')
    vim.cmd.edit(vim.fn.fnameescape(shared.path('index')))
  end)

  check(':LockstepSet moves the folder, and its buffers and links follow', function()
    vim.cmd('LockstepSet login in_progress')
    wait_for('the status in the buffer with the new name', function()
      return text('begun'):find('%*%*Status%*%*: In Progress') ~= nil
    end)
    assert(exists(FILES.begun) and exists(FILES.begun_notes), 'the folder is not there')
    assert(not exists(PENDING), 'the old folder is there still')
    assert(vim.api.nvim_get_current_buf() == buffer('begun'), 'the buffer is another one')
    wait_for('the link in README.md', function()
      return text('readme') == '# All\n\n- [Login](' .. FILES.begun .. ')'
    end)
    assert(text('begun'):find('[this](notes.md)', 1, true), text('begun'))
  end)

  check(':LockstepWrite saves the texts of the change', function()
    vim.cmd('LockstepWrite')
    assert(disk('begun'):find('%*%*Status%*%*: In Progress'), disk('begun'))
    assert(disk('readme'):find(FILES.begun, 1, true), disk('readme'))
    for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
      assert(not vim.bo[bufnr].modified, vim.api.nvim_buf_get_name(bufnr) .. ' is modified')
    end
  end)

  check('nothing is found in what was moved', function()
    local client = vim.lsp.get_clients({ name = 'lockstep' })[1]
    wait_for('one place of the task', function()
      local answer = client:request_sync('lockstep/tasks', vim.empty_dict(), 20000, 0)
      local own = vim.iter(answer and answer.result.tasks or {}):find(function(task)
        return task.id == 'login'
      end)
      return own and own.agreed and own.status == 'in_progress' and #own.occurrences == 1
    end)
    -- What is published follows the answers; the notice of the old places' end may still be under way.
    wait_for('an empty list of findings', function()
      return #vim.diagnostic.get(buffer('begun')) == 0
    end)
  end)

  check('the action at a misplaced file moves it back where its status says', function()
    local line = vim.fn.search('Status')
    vim.api.nvim_buf_set_lines(0, line - 1, line, false, { '- **Status**: Pending' })
    vim.cmd('silent write')
    wait_for('the finding', function()
      return shared.finding('begun', 'misplaced-file')
    end)
    vim.api.nvim_win_set_cursor(0, { line, 15 })
    shared.run_code_action(function(title)
      return title:find('move the files of task login', 1, true) ~= nil
    end)
    wait_for('the file in its old folder', function()
      return exists(FILES.index) and buffer('index') > 0
    end)
    wait_for('the link in README.md', function()
      return text('readme') == '# All\n\n- [Login](' .. FILES.index .. ')'
    end)
  end)
end

check('no error was shown, and none stands in the log', shared.assert_no_complaint)

vim.cmd(shared.n_failed == 0 and 'qall!' or 'cquit 1')
