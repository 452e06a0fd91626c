(comment) @comment
[(string) (template_string)] @string
(template_substitution) @interpolation
[(statement_block) (class_body) (switch_body)] @block

((_ name: (identifier) @name parameters: (_) body: (statement_block) @body) @scope @definition
  (#set! kind "function"))
((method_definition
   name: [(property_identifier) (private_property_identifier) (computed_property_name)] @name
   body: (statement_block) @body) @scope @definition
  (#set! kind "function"))
((variable_declarator
   name: (identifier) @name
   value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)])
  @scope @definition
  (#set! kind "function"))
((field_definition
   property: (_) @name
   value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)])
  @scope @definition
  (#set! kind "function"))
((class_declaration name: (identifier) @name body: (_) @body) @scope @definition
  (#set! kind "class"))
([(lexical_declaration (variable_declarator name: (identifier) @name) @definition)
  (variable_declaration (variable_declarator name: (identifier) @name) @definition)
  (export_statement
    (lexical_declaration (variable_declarator name: (identifier) @name) @definition))] @outer
  (#outermost? @outer) (#set! kind "variable"))

(import_statement) @import
((lexical_declaration
   (variable_declarator value: (call_expression function: (identifier) @callee))) @import @outer
  (#outermost? @outer) (#names? @callee "require"))
