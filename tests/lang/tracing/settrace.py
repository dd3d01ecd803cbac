import sys
def g(n):
    for i in range(n):
        yield i
def f(x):
    y = x + 1
    if y > 1:
        pass
    else:
        y = 2
    try:
        1/0
    except ZeroDivisionError as e:
        y = 3
    for k in g(2):
        y += k
    return y
def tr(frame, event, arg):
    print(frame.f_code.co_name, event, frame.f_lineno, arg if event != 'exception' else arg[:2])
    return tr
sys.settrace(tr)
f(1)
sys.settrace(None)
print('off')
sys.setprofile(tr)
len('abc'); f(0)
sys.setprofile(None)
