"""Methods of strings: split, join, replace, find, case, strip, slices, comparison."""

TEXT = ("The quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs. "
        "How vexingly quick daft zebras jump! ") * 20

def run(rounds):
    total = 0
    for i in range(rounds):
        words = TEXT.split()
        total += len("-".join(words))
        total += TEXT.count("qu") + TEXT.find("zebras", i) + TEXT.rfind("fox")
        total += len(TEXT.replace("quick", "slow"))
        for word in words:
            if word.startswith("q") or word.endswith("."):
                total += len(word.upper()) + len(word.title())
            bare = word.strip(".;!").lower()
            if bare.isalpha() and bare > "fox":
                total += len(bare[1:-1]) + ord(bare[0])
            if "o" in bare:
                total += 1
    return total

print(run(1_000))
