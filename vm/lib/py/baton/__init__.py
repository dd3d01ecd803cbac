"""What is particular to the Baton interpreter.

baton.gil shows who held the Global Interpreter Lock, when, and why it changed hands.
"""
