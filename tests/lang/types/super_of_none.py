# super(C, None) is an unbound super object, also where only an attribute of it is wanted.
class A:
    x = 1

    def method(self):
        return super().x


class B(A):
    def get(self):
        try:
            return super(B, self).x
        except AttributeError as e:
            return str(e)

    def implicit(self):
        try:
            return super().x
        except AttributeError as e:
            return str(e)


print(B().get(), B.get(None), B().implicit(), B.implicit(None), super(B, None).__self__, super(B, None).__thisclass__, super(B, None).__self_class__)
print(repr(super(B, None)), type(super(B, None).__get__(B())), super(B, None).__get__(B(), B).x, super(B, None).__class__)
for wrong in 1, object():
    try:
        B.get(wrong)
    except TypeError as e:
        print('TypeError')
