[(line_comment) (block_comment)] @comment
[(string_literal) (character_literal)] @string
(string_interpolation) @interpolation
[(block) (constructor_body) (class_body) (interface_body) (enum_body) (annotation_type_body)
 (switch_block)] @block

([(method_declaration name: (_) @name body: (_) @body)
  (constructor_declaration name: (_) @name body: (_) @body)
  (compact_constructor_declaration name: (_) @name body: (_) @body)] @scope @definition
  (#set! kind "function"))
((method_declaration name: (_) @name !body) @definition
  (#set! kind "function"))
([(class_declaration name: (_) @name body: (_) @body)
  (interface_declaration name: (_) @name body: (_) @body)
  (annotation_type_declaration name: (_) @name body: (_) @body)
  (enum_declaration name: (_) @name body: (_) @body)
  (record_declaration name: (_) @name body: (_) @body)] @scope @definition
  (#set! kind "class"))
((field_declaration declarator: (variable_declarator name: (_) @name)) @definition
  (#set! kind "variable"))

(import_declaration) @import
