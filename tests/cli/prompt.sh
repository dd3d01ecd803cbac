# The plain prompt: statements end where they are whole, errors do not end it, -i comes after a program.
run() { $BATON -q -i "$@" 2>&1; echo "exit code $?"; }
printf 'x = 1\nif x:\n  print(3)\n\nclass A:\n  def g(self):\n    return 4\n\nA().g()\n"""a\nb"""\n# only a comment\n\n(1,\n 2)\n_\n' | run
printf 'if 1:\n if 0:\n  3\n else:\n  4\n\ndef f(:\n5\n' | run
printf 'import sys\nsys.ps1 = "? "\n1\nsys.exit(9)\n2\n' | run
echo 'y = 5' >prog.py
printf 'y\n' | run prog.py
printf 'z' | run -c 'z = 6'
