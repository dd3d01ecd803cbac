"""What does not fit into memory, where sizes have 64 bits."""
for text in ("'a'.ljust(2**62)", "'a'.rjust(2**61, 'é')", "'ab' * 2**60"):
    try:
        eval(text)
    except MemoryError as e:
        print(text, repr(e))
