---@brief
---
--- refact-lsp: inline code completion without a key, from the workspace itself.
---
--- Neovim 0.12 and newer shows suggestions as ghost text; 0.11 in the completion popup.
--- Enable it with `vim.lsp.enable('refact_lsp')`. The key maps below are suggestions: give
--- `on_attach` of your own with `vim.lsp.config('refact_lsp', { on_attach = … })` for others.

--- Neovim 0.12 leaves what was typed on, while it waits 200 ms to ask again, behind the text that it
--- inserts (neovim/neovim#36529). Takes that away first; when something else was typed than was
--- suggested, there is nothing to accept.
local function accept(item)
  local range = item.range
  if not (range and range.end_col and type(item.insert_text) == 'string') then
    return item
  end
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local function typed_from(start_row, start_col)
    local ok, lines = pcall(vim.api.nvim_buf_get_text, 0, start_row, start_col, row - 1, column, {})
    return ok and table.concat(lines, '\n') or nil
  end
  local typed = typed_from(range.start_row, range.start_col)
  if not (typed and vim.startswith(item.insert_text, typed)) then
    return nil
  end
  if typed_from(range.end_row, range.end_col) then
    vim.api.nvim_buf_set_text(0, range.end_row, range.end_col, row - 1, column, {})
  end
  return item
end

--- Ghost text: <Tab> takes it, <M-]> and <M-[> show the next and the previous one.
local function enable_ghost_text(client, bufnr)
  local inline = vim.lsp.inline_completion
  inline.enable(true, { client_id = client.id })

  vim.keymap.set('i', '<Tab>', function()
    if inline.get({ on_accept = accept }) then
      return ''
    elseif vim.snippet.active({ direction = 1 }) then
      return '<Cmd>lua vim.snippet.jump(1)<CR>'
    end
    return '<Tab>'
  end, { buffer = bufnr, expr = true, desc = 'Accept the suggestion, else what <Tab> does' })
  vim.keymap.set('i', '<M-]>', function()
    inline.select({ count = 1 })
  end, { buffer = bufnr, desc = 'Next suggestion' })
  vim.keymap.set('i', '<M-[>', function()
    inline.select({ count = -1 })
  end, { buffer = bufnr, desc = 'Previous suggestion' })
end

--- Popup: suggestions come while typing, <C-n> chooses one, <C-y> takes it.
local function enable_popup(client, bufnr)
  local provider = client.server_capabilities.completionProvider
  -- Neovim asks by itself only after a trigger character, so letters have to be among them.
  local triggers = vim.list_extend({}, provider.triggerCharacters or {})
  for byte = 32, 126 do
    local character = string.char(byte)
    if character:match('[%w_]') and not vim.tbl_contains(triggers, character) then
      table.insert(triggers, character)
    end
  end
  provider.triggerCharacters = triggers
  -- noselect: a popup that opens by itself must not take the Enter key.
  vim.opt.completeopt = { 'menuone', 'noselect', 'popup' }
  vim.lsp.completion.enable(true, client.id, bufnr, {
    autotrigger = true,
    -- Neovim itself would insert an item's text up to its first blank.
    convert = function(item)
      return item.textEdit and { word = item.textEdit.newText } or {}
    end,
  })
end

---@type vim.lsp.Config
return {
  cmd = { 'refact-lsp', 'serve', '--stdio' },
  -- No `filetypes`: every language is completed, with or without a grammar.
  root_markers = { '.refact', '.git' },
  on_attach = function(client, bufnr)
    if vim.lsp.inline_completion and client:supports_method('textDocument/inlineCompletion') then
      enable_ghost_text(client, bufnr)
    elseif client:supports_method('textDocument/completion') then
      enable_popup(client, bufnr)
    end
  end,
}
