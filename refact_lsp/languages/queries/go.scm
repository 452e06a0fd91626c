(comment) @comment
[(interpreted_string_literal) (raw_string_literal) (rune_literal)] @string
[(block) (field_declaration_list) (interface_type) (literal_value)
 (expression_switch_statement) (type_switch_statement) (select_statement)] @block

([(function_declaration name: (_) @name body: (_) @body)
  (method_declaration name: (_) @name body: (_) @body)] @scope @definition
  (#set! kind "function"))
((short_var_declaration
   left: (expression_list . (identifier) @name .)
   right: (expression_list . (func_literal body: (_) @body) .)) @scope @definition
  (#set! kind "function"))
((type_declaration
   (type_spec name: (_) @name type: [(struct_type) (interface_type)] @body)) @scope @definition
  (#set! kind "class"))
([(type_declaration (type_alias name: (_) @name))
  (type_declaration (type_spec name: (_) @name))] @definition
  (#set! kind "type"))
([(const_spec name: (identifier) @name) (var_spec name: (identifier) @name)] @definition
  (#set! kind "variable"))

(import_declaration) @import
