(comment) @comment
[(string) (heredoc_body) (subshell) (regex)] @string
(interpolation) @interpolation
[(body_statement) (then) (do_block) (block) (else)] @block

([(method name: (_) @name body: (_)? @body)
  (singleton_method name: (_) @name body: (_)? @body)] @scope @definition
  (#set! kind "function"))
((class name: (_) @name body: (_)? @body) @scope @definition
  (#set! kind "class"))
((module name: (_) @name body: (_)? @body) @scope @definition
  (#set! kind "module"))
((assignment left: (constant) @name) @definition
  (#set! kind "variable"))

((call !receiver method: (identifier) @callee arguments: (_)) @import
  (#names? @callee "require" "require_relative" "load"))
