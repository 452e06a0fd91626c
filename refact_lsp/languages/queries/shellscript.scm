(comment) @comment
[(string) (raw_string) (ansi_c_string) (heredoc_body)] @string
[(command_substitution) (expansion)] @interpolation
[(compound_statement) (do_group) (case_item) (if_statement)] @block

((function_definition name: (_) @name body: (_) @body) @scope @definition
  (#set! kind "function"))
([(variable_assignment name: (variable_name) @name) @definition
  (declaration_command (variable_assignment name: (variable_name) @name) @definition)] @outer
  (#outermost? @outer) (#set! kind "variable"))

((command name: (command_name (word) @callee)) @import
  (#names? @callee "source" "."))
