"""Where the figures come from: one module a source, and the store every raw answer is kept in."""
