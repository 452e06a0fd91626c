(comment) @comment
[(string) (encapsed_string) (heredoc) (nowdoc)] @string
[(compound_statement) (declaration_list) (enum_declaration_list) (match_block)] @block

([(function_definition name: (_) @name body: (_) @body)
  (method_declaration name: (_) @name body: (_) @body)] @scope @definition
  (#set! kind "function"))
((method_declaration name: (_) @name !body) @definition
  (#set! kind "function"))
((assignment_expression
   left: (variable_name) @name
   right: (anonymous_function body: (_) @body)) @scope @definition
  (#set! kind "function"))
([(class_declaration name: (_) @name body: (_) @body)
  (interface_declaration name: (_) @name body: (_) @body)
  (trait_declaration name: (_) @name body: (_) @body)
  (enum_declaration name: (_) @name body: (_) @body)] @scope @definition
  (#set! kind "class"))
((namespace_definition name: (_) @name body: (_) @body) @scope @definition
  (#set! kind "module"))
((const_element . (name) @name) @definition
  (#set! kind "variable"))

(namespace_use_declaration) @import
(expression_statement [(require_expression) (require_once_expression)
  (include_expression) (include_once_expression)]) @import
