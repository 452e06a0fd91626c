(comment) @comment
[(string) (template_string)] @string
(template_substitution) @interpolation
[(statement_block) (class_body) (switch_body) (interface_body) (enum_body)] @block

((_ name: (identifier) @name parameters: (_) body: (statement_block) @body) @scope @definition
  (#set! kind "function"))
((method_definition
   name: [(property_identifier) (private_property_identifier) (computed_property_name)] @name
   body: (statement_block) @body) @scope @definition
  (#set! kind "function"))
([(function_signature name: (_) @name)
  (method_signature name: (_) @name)
  (abstract_method_signature name: (_) @name)] @definition
  (#set! kind "function"))
((variable_declarator
   name: (identifier) @name
   value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)])
  @scope @definition
  (#set! kind "function"))
((public_field_definition
   name: [(property_identifier) (private_property_identifier)] @name
   value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)])
  @scope @definition
  (#set! kind "function"))
([(class_declaration name: (_) @name body: (_) @body)
  (abstract_class_declaration name: (_) @name body: (_) @body)
  (interface_declaration name: (_) @name body: (_) @body)
  (enum_declaration name: (_) @name body: (_) @body)] @scope @definition
  (#set! kind "class"))
([(internal_module name: (_) @name body: (_) @body)
  (module name: (_) @name body: (_) @body)] @scope @definition
  (#set! kind "module"))
((type_alias_declaration name: (_) @name) @definition
  (#set! kind "type"))
([(lexical_declaration (variable_declarator name: (identifier) @name) @definition)
  (variable_declaration (variable_declarator name: (identifier) @name) @definition)
  (export_statement
    (lexical_declaration (variable_declarator name: (identifier) @name) @definition))] @outer
  (#outermost? @outer) (#set! kind "variable"))

(import_statement) @import
((lexical_declaration
   (variable_declarator value: (call_expression function: (identifier) @callee))) @import @outer
  (#outermost? @outer) (#names? @callee "require"))
