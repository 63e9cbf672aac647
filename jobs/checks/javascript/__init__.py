"""Reading JavaScript and TypeScript by token, without a parser and without running anything."""
