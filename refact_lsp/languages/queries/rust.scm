[(line_comment) (block_comment)] @comment
[(string_literal) (raw_string_literal) (char_literal)] @string
[(block) (declaration_list) (field_declaration_list) (enum_variant_list) (match_block)] @block

((function_item name: (_) @name body: (_) @body) @scope @definition
  (#set! kind "function"))
((function_signature_item name: (_) @name) @definition
  (#set! kind "function"))
((let_declaration pattern: (identifier) @name value: (closure_expression body: (block) @body))
  @scope @definition
  (#set! kind "function"))
([(struct_item name: (_) @name body: (_) @body)
  (enum_item name: (_) @name body: (_) @body)
  (union_item name: (_) @name body: (_) @body)
  (trait_item name: (_) @name body: (_) @body)] @scope @definition
  (#set! kind "class"))
((impl_item type: (_) @name body: (_) @body) @scope
  (#set! kind "class"))
((mod_item name: (_) @name body: (_) @body) @scope @definition
  (#set! kind "module"))
((macro_definition name: (_) @name) @scope @definition
  (#set! kind "macro"))
((type_item name: (_) @name) @definition
  (#set! kind "type"))
([(const_item name: (_) @name) (static_item name: (_) @name)] @definition
  (#set! kind "variable"))

([(use_declaration) (extern_crate_declaration)] @import @outer
  (#outermost? @outer))
