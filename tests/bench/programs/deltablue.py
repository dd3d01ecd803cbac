"""An incremental solver of one-way constraints (after the DeltaBlue algorithm): chains of equalities and scaled values."""

REQUIRED, STRONG, MEDIUM, WEAK, WEAKEST = range(5)

class Variable:
    def __init__(self, name, value=0):
        self.name = name
        self.value = value
        self.constraints = []
        self.determined_by = None
        self.mark = 0
        self.walkabout = WEAKEST
        self.stay = True

class Constraint:
    def __init__(self, strength):
        self.strength = strength

    def add(self, planner):
        for v in self.variables():
            v.constraints.append(self)
        self.unsatisfy()
        planner.incremental_add(self)

    def destroy(self, planner):
        if self.is_satisfied():
            planner.incremental_remove(self)
        else:
            self.leave()

    def leave(self):
        for v in self.variables():
            v.constraints.remove(self)

    def satisfy(self, mark, planner):
        self.choose(mark)
        if not self.is_satisfied():
            if self.strength == REQUIRED:
                raise RuntimeError("a required constraint failed")
            return None
        for v in self.inputs():
            v.mark = mark
        out = self.output()
        overridden = out.determined_by
        if overridden is not None:
            overridden.unsatisfy()
        out.determined_by = self
        if not planner.add_propagate(self, mark):
            raise RuntimeError("a cycle")
        out.mark = mark
        return overridden

    def inputs_known(self, mark):
        for v in self.inputs():
            if not (v.mark == mark or v.stay or v.determined_by is None):
                return False
        return True

class Unary(Constraint):
    def __init__(self, variable, strength, planner):
        super().__init__(strength)
        self.out = variable
        self.satisfied = False
        self.add(planner)

    def variables(self):
        return (self.out,)

    def inputs(self):
        return ()

    def output(self):
        return self.out

    def is_satisfied(self):
        return self.satisfied

    def unsatisfy(self):
        self.satisfied = False

    def choose(self, mark):
        self.satisfied = self.out.mark != mark and self.strength < self.out.walkabout

    def recalculate(self):
        self.out.walkabout = self.strength
        self.out.stay = not self.is_input()
        if self.out.stay:
            self.execute()

    def execute(self):
        pass

    def is_input(self):
        return False

class Stay(Unary):
    pass

class Edit(Unary):
    def is_input(self):
        return True

class Binary(Constraint):
    def __init__(self, a, b, strength, planner):
        super().__init__(strength)
        self.a = a
        self.b = b
        self.direction = 0
        self.add(planner)

    def variables(self):
        return (self.a, self.b)

    def inputs(self):
        return (self.a,) if self.direction > 0 else (self.b,)

    def output(self):
        return self.b if self.direction > 0 else self.a

    def is_satisfied(self):
        return self.direction != 0

    def is_input(self):
        return False

    def unsatisfy(self):
        self.direction = 0

    def choose(self, mark):
        a, b = self.a, self.b
        if a.mark == mark:
            self.direction = 1 if b.mark != mark and self.strength < b.walkabout else 0
        elif b.mark == mark:
            self.direction = -1 if self.strength < a.walkabout else 0
        elif a.walkabout > b.walkabout:
            self.direction = -1 if self.strength < a.walkabout else 0
        else:
            self.direction = 1 if self.strength < b.walkabout else 0

    def recalculate(self):
        source = self.a if self.direction > 0 else self.b
        out = self.output()
        out.walkabout = max(self.strength, source.walkabout)
        out.stay = source.stay
        if out.stay:
            self.execute()

class Equal(Binary):
    def execute(self):
        if self.direction > 0:
            self.b.value = self.a.value
        else:
            self.a.value = self.b.value

class Scale(Binary):
    def __init__(self, source, scale, offset, target, strength, planner):
        self.scale = scale
        self.offset = offset
        super().__init__(source, target, strength, planner)

    def variables(self):
        return (self.a, self.b, self.scale, self.offset)

    def inputs(self):
        return (self.a if self.direction > 0 else self.b, self.scale, self.offset)

    def execute(self):
        if self.direction > 0:
            self.b.value = self.a.value * self.scale.value + self.offset.value
        else:
            self.a.value = (self.b.value - self.offset.value) // self.scale.value

class Planner:
    def __init__(self):
        self.mark = 0

    def new_mark(self):
        self.mark += 1
        return self.mark

    def incremental_add(self, constraint):
        mark = self.new_mark()
        overridden = constraint.satisfy(mark, self)
        while overridden is not None:
            overridden = overridden.satisfy(mark, self)

    def incremental_remove(self, constraint):
        out = constraint.output()
        constraint.unsatisfy()
        constraint.leave()
        unsatisfied = self.remove_propagate(out)
        unsatisfied.sort(key=lambda c: c.strength)
        for c in unsatisfied:
            self.incremental_add(c)

    def consuming(self, variable):
        determining = variable.determined_by
        return [c for c in variable.constraints if c is not determining and c.is_satisfied()]

    def add_propagate(self, constraint, mark):
        todo = [constraint]
        while todo:
            c = todo.pop()
            out = c.output()
            if out.mark == mark:
                self.incremental_remove(constraint)
                return False
            c.recalculate()
            todo.extend(self.consuming(out))
        return True

    def remove_propagate(self, out):
        out.determined_by = None
        out.walkabout = WEAKEST
        out.stay = True
        unsatisfied, todo = [], [out]
        while todo:
            v = todo.pop()
            for c in v.constraints:
                if not c.is_satisfied():
                    unsatisfied.append(c)
            for c in self.consuming(v):
                c.recalculate()
                todo.append(c.output())
        return unsatisfied

    def plan(self, sources):
        mark = self.new_mark()
        plan, todo = [], list(sources)
        while todo:
            c = todo.pop()
            out = c.output()
            if out.mark != mark and c.inputs_known(mark):
                plan.append(c)
                out.mark = mark
                todo.extend(self.consuming(out))
        return plan

def change(planner, variable, value):
    edit = Edit(variable, STRONG, planner)
    plan = planner.plan([edit])
    for i in range(10):
        variable.value = value
        for c in plan:
            c.execute()
    edit.destroy(planner)

def chain(n):
    planner = Planner()
    variables = [Variable(f"v{i}") for i in range(n + 1)]
    for a, b in zip(variables, variables[1:]):
        Equal(a, b, REQUIRED, planner)
    Stay(variables[-1], WEAK, planner)
    edit = Edit(variables[0], STRONG, planner)
    plan = planner.plan([edit])
    for i in range(20):
        variables[0].value = i
        for c in plan:
            c.execute()
        assert variables[-1].value == i
    return variables[-1].value

def projection(n):
    planner = Planner()
    scale, offset = Variable("scale", 10), Variable("offset", 1000)
    pairs = []
    for i in range(n):
        source, target = Variable(f"s{i}", i), Variable(f"t{i}", i)
        Stay(source, WEAK, planner)
        Scale(source, scale, offset, target, REQUIRED, planner)
        pairs.append((source, target))
    change(planner, pairs[0][0], 17)
    assert pairs[0][1].value == 1170
    change(planner, pairs[0][1], 1050)
    assert pairs[0][0].value == 5
    change(planner, scale, 5)
    change(planner, offset, 2000)
    return sum(target.value for _, target in pairs)

print(chain(4000))
print(projection(4000))
