"""How long an answer may take and how much it may do."""

QUESTIONS = 60
"""Of one account, within `attempts.WINDOW`."""
ANSWER_S = 60.0
"""The whole of an answer."""
CONNECT_S = 5.0
"""Until the language model's server has accepted the connection."""
CHUNK_S = 20.0
"""Between two pieces of what the language model says."""
ROUNDS = 6
"""How often the language model is asked for one answer: each round of tool calls needs one more."""
CALLS = 20
"""Tool calls of one answer."""
TEXT = 8_000
"""Characters of one answer."""
SHOWN = 20
"""Todos of one list."""
COMMANDS = 10
"""Commands of one message that the built-in assistant carries out."""
