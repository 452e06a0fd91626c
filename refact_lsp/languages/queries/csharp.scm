(comment) @comment
[(string_literal) (verbatim_string_literal) (raw_string_literal) (character_literal)
 (interpolated_string_expression)] @string
(interpolation) @interpolation
[(block) (declaration_list) (enum_member_declaration_list) (switch_body) (accessor_list)] @block

([(method_declaration name: (_) @name body: (_) @body)
  (constructor_declaration name: (_) @name body: (_) @body)
  (local_function_statement name: (_) @name body: (_) @body)] @scope @definition
  (#set! kind "function"))
((method_declaration name: (_) @name !body) @definition
  (#set! kind "function"))
([(class_declaration name: (_) @name body: (_) @body)
  (interface_declaration name: (_) @name body: (_) @body)
  (struct_declaration name: (_) @name body: (_) @body)
  (record_declaration name: (_) @name body: (_) @body)
  (enum_declaration name: (_) @name body: (_) @body)] @scope @definition
  (#set! kind "class"))
((record_declaration name: (_) @name !body) @definition
  (#set! kind "class"))
((namespace_declaration name: (_) @name body: (_) @body) @scope @definition
  (#set! kind "module"))
([(property_declaration name: (_) @name)
  (field_declaration (variable_declaration (variable_declarator name: (_) @name)))] @definition
  (#set! kind "variable"))

(using_directive) @import
