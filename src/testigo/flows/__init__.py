"""One verb a file: each calls rules and ports in the order of its story."""
