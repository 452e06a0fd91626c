;;; lsp-mode.el --- refact-lsp as ghost text, with lsp-mode 10  -*- lexical-binding: t -*-

(require 'lsp-mode)
(require 'lsp-inline-completion)

(lsp-register-client
 (make-lsp-client
  :server-id 'refact-lsp
  :new-connection (lsp-stdio-connection '("refact-lsp" "serve" "--stdio"))
  ;; Every file, beside the language's own server.
  :activation-fn (lambda (&rest _) t)
  :add-on? t))

(add-hook 'prog-mode-hook #'lsp-deferred)

;; Seconds without a key before ghost text is asked for; by default half a second and two.
(setq lsp-idle-delay 0.2
      lsp-inline-completion-idle-delay 0.2)
;; While ghost text is shown, TAB takes it, C-n and C-p show the next and the previous one, and
;; any other key goes on typing.
(define-key lsp-inline-completion-active-map (kbd "TAB") #'lsp-inline-completion-accept)
