# What sites have found for a type is remembered by the name, also when the code that used the name is gone and another name lies where it lay.
def key(i):
    return "".join(["attribute", str(i)])


X = type("X", (), {key(i): i for i in range(200)})
x = X()
wrong = 0
for i in range(200):
    space = {"x": x}
    exec("y = x." + key(i), space)
    wrong += space["y"] != i
    space.clear()
print(wrong)
