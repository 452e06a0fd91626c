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
((variable_declaration (assignment_statement (variable_list name: (identifier) @name)))
  @definition @outer
  (#outermost? @outer) (#set! kind "variable"))

((variable_declaration (assignment_statement
   (expression_list value: (function_call name: (identifier) @callee)))) @import @outer
  (#outermost? @outer) (#names? @callee "require"))
