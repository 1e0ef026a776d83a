"""A file a command: it parses its arguments, does one thing, and prints what it did."""
