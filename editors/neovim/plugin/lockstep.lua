--- User commands, and what follows from edits and from others. The work is in lua/lockstep/.
if vim.g.loaded_lockstep then
  return
end
vim.g.loaded_lockstep = true
if not require('lockstep').supported() then
  return
end

--- Loads the module when a command is first used.
local function lazy(name)
  return function(...)
    return require('lockstep.commands')[name](...)
  end
end

local command = vim.api.nvim_create_user_command
command('Lockstep', function(opts)
  return require('lockstep.command').run(opts)
end, {
  nargs = '*',
  bang = true,
  range = true,
  complete = function(...)
    return require('lockstep.command').complete(...)
  end,
  desc = 'Tasks: set, toggle, rename, pick and so on (!: on disk)',
})
command('LockstepSet', lazy('set'), {
  nargs = '*',
  bang = true,
  complete = lazy('complete_set'),
  desc = 'Set the status of a task everywhere it stands (!: on disk)',
})
command('LockstepFix', lazy('fix'), {
  nargs = '*',
  bang = true,
  complete = lazy('complete_fix'),
  desc = 'Bring the files of one task into agreement (!: on disk)',
})
command('LockstepFixAll', lazy('fix_all'), { desc = 'Bring the files of every task into agreement' })
command('LockstepUndo', lazy('undo'), { nargs = '?', desc = 'Take back what was changed on disk' })
command('LockstepTasks', lazy('tasks'), { bang = true, desc = 'List the tasks (!: choose one and go to it)' })
command('LockstepWrite', lazy('write'), { bang = true, desc = 'Write the files that the last Lockstep edit changed' })

-- For mappings: what is under the cursor, or in the selected lines, goes on.
vim.keymap.set('n', '<Plug>(lockstep-toggle)', '<Cmd>Lockstep toggle<CR>', { desc = 'Toggle task, phase or box' })
vim.keymap.set('x', '<Plug>(lockstep-toggle)', ':Lockstep toggle<CR>', { silent = true, desc = 'Toggle tasks, phases or boxes' })
vim.keymap.set('n', '<Plug>(lockstep-pick)', '<Cmd>Lockstep pick<CR>', { desc = 'Choose a task and go there' })

-- The server may write the files; the buffers are then brought together with them.
vim.lsp.commands['lockstep.saveChange'] = lazy('run')
vim.lsp.commands['lockstep.setStatus'] = lazy('run')

vim.lsp.handlers['lockstep/event'] = function(...)
  return require('lockstep.events').on_event(...)
end

local group = vim.api.nvim_create_augroup('lockstep', {})
vim.api.nvim_create_autocmd('DiagnosticChanged', {
  group = group,
  callback = function(event)
    return require('lockstep.events').on_findings(event)
  end,
})
vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'lockstep' then
      require('lockstep.edits').follow(client)
      require('lockstep').attached(client, event.buf)
    end
  end,
})
