(comment) @comment
(string) @string
(interpolation) @interpolation
(block) @block

((function_definition name: (identifier) @name body: (_) @body) @scope @definition
  (#set! kind "function"))
((class_definition name: (identifier) @name body: (_) @body) @scope @definition
  (#set! kind "class"))
((expression_statement (assignment left: (identifier) @name) @definition) @outer
  (#outermost? @outer) (#set! kind "variable"))
((type_alias_statement left: (type (identifier) @name)) @definition
  (#set! kind "type"))

([(import_statement) (import_from_statement) (future_import_statement)] @import @outer
  (#outermost? @outer))
([(if_statement (block [(import_statement) (import_from_statement)] @import))
  (try_statement (block [(import_statement) (import_from_statement)] @import))] @outer
  (#outermost? @outer))
