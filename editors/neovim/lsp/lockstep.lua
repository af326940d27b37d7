--- How Neovim starts Lockstep: read by `vim.lsp.enable('lockstep')`.
return {
  cmd = { 'lockstep', 'lsp' },
  -- JSON belongs to it: a status stands in `state.json` too, and the server sees only attached buffers.
  filetypes = { 'markdown', 'json', 'jsonc' },
  root_markers = { 'lockstep.toml', '.git' },
  -- A reason that a command lacks is asked for, in lua/lockstep/commands.lua.
  capabilities = { experimental = { lockstep = { asksReason = true } } },
  -- What is saved elsewhere and is a change of no task is read again when its `stale-buffer` is told: soon.
  init_options = { rereadSeconds = 1 },
  -- Neovim holds a change back for 150 ms, and before a request sends only what the current buffer holds back. An edit
  -- over several files would then be made from the old text of the others.
  flags = { debounce_text_changes = 0 },
}
