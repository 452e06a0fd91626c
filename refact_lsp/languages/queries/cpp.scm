(comment) @comment
[(string_literal) (raw_string_literal) (char_literal) (system_lib_string)] @string
[(compound_statement) (field_declaration_list) (enumerator_list) (declaration_list)] @block

((function_definition
   declarator: [
     (function_declarator declarator: (_) @name)
     (pointer_declarator declarator: (function_declarator declarator: (_) @name))
     (reference_declarator (function_declarator declarator: (_) @name))]
   body: (_) @body) @scope @definition
  (#set! kind "function"))
([(declaration declarator: (function_declarator declarator: (_) @name))
  (field_declaration declarator: (function_declarator declarator: (_) @name))] @definition
  (#set! kind "function"))
((init_declarator
   declarator: (identifier) @name
   value: (lambda_expression body: (_) @body)) @scope @definition
  (#set! kind "function"))
([(class_specifier name: (_) @name body: (_) @body)
  (struct_specifier name: (_) @name body: (_) @body)
  (union_specifier name: (_) @name body: (_) @body)
  (enum_specifier name: (_) @name body: (_) @body)] @scope @definition
  (#set! kind "class"))
((namespace_definition name: (_) @name body: (_) @body) @scope @definition
  (#set! kind "module"))
([(type_definition declarator: (type_identifier) @name)
  (alias_declaration name: (_) @name)] @definition
  (#set! kind "type"))
((declaration
   declarator: [(identifier) @name (init_declarator declarator: (identifier) @name)])
  @definition @outer
  (#outermost? @outer) (#set! kind "variable"))
([(preproc_def name: (_) @name) (preproc_function_def name: (_) @name)] @definition
  (#set! kind "macro"))

[(preproc_include) (using_declaration)] @import
