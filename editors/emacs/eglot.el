;;; eglot.el --- refact-lsp in the completion menu, with Emacs's own eglot  -*- lexical-binding: t -*-

(require 'eglot)

;; eglot runs one server a buffer: in the modes named here it is refact-lsp. Leave out those in
;; which you would miss another server.
(add-to-list
 'eglot-server-programs
 '((python-mode python-ts-mode ruby-mode ruby-ts-mode go-mode go-ts-mode rust-mode rust-ts-mode
    java-mode java-ts-mode c-mode c-ts-mode c++-mode c++-ts-mode
    (csharp-mode :language-id "csharp") (csharp-ts-mode :language-id "csharp")
    (js-mode :language-id "javascript") (js-ts-mode :language-id "javascript")
    (typescript-ts-mode :language-id "typescript") (tsx-ts-mode :language-id "typescriptreact")
    php-mode php-ts-mode lua-mode lua-ts-mode
    (sh-mode :language-id "shellscript") (bash-ts-mode :language-id "shellscript"))
   . ("refact-lsp" "serve" "--stdio")))

(add-hook 'prog-mode-hook #'eglot-ensure)
