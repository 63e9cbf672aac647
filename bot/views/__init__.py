"""One file per modal or surface: builder and parser side by side, pure."""
