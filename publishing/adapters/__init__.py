"""One module for each kind of outside channel. Each sends one message once and says what came of it."""
