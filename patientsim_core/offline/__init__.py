"""The built-in engine: understand the question, decide what to disclose, phrase it."""
