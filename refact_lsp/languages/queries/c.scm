(comment) @comment
[(string_literal) (char_literal) (system_lib_string)] @string
[(compound_statement) (field_declaration_list) (enumerator_list)] @block

((function_definition
   declarator: [
     (function_declarator declarator: (_) @name)
     (pointer_declarator declarator: (function_declarator declarator: (_) @name))]
   body: (_) @body) @scope @definition
  (#set! kind "function"))
((declaration
   declarator: [
     (function_declarator declarator: (identifier) @name)
     (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))])
  @definition @outer
  (#outermost? @outer) (#set! kind "function"))
([(struct_specifier name: (_) @name body: (_) @body)
  (union_specifier name: (_) @name body: (_) @body)
  (enum_specifier name: (_) @name body: (_) @body)
  (type_definition
    type: [
      (struct_specifier !name body: (_) @body)
      (union_specifier !name body: (_) @body)
      (enum_specifier !name body: (_) @body)]
    declarator: (type_identifier) @name)] @scope @definition
  (#set! kind "class"))
((type_definition declarator: (type_identifier) @name) @definition
  (#set! kind "type"))
((declaration
   declarator: [
     (identifier) @name
     (init_declarator declarator: (identifier) @name)
     (init_declarator declarator: (pointer_declarator declarator: (identifier) @name))])
  @definition @outer
  (#outermost? @outer) (#set! kind "variable"))
([(preproc_def name: (_) @name) (preproc_function_def name: (_) @name)] @definition
  (#set! kind "macro"))

(preproc_include) @import
