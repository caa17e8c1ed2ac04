"""Is a handed-in file what it says it is? Parsed in a bounded child process before anything is stored."""
