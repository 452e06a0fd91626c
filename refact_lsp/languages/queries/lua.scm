(comment) @comment
(string) @string
(block) @block

((function_declaration name: (_) @name body: (_)? @body) @scope @definition
  (#set! kind "function"))
((assignment_statement
   (variable_list . name: (_) @name .)
   (expression_list . value: (function_definition body: (_)? @body) .)) @scope @definition
  (#set! kind "function"))
((field name: (identifier) @name value: (function_definition body: (_)? @body)) @scope @definition
  (#set! kind "function"))
(chunk (variable_declaration (assignment_statement (variable_list name: (identifier) @name)))
  @definition
  (#set! kind "variable"))

(chunk (variable_declaration (assignment_statement
  (expression_list value: (function_call name: (identifier) @callee)))) @import
  (#names? @callee "require"))
