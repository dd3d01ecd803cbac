"""What comes along with multiprocessing where a process is always a new interpreter: there is no fork.

The start methods are Windows': "spawn" alone, though descriptors can be sent.  What the first start of a process would import is imported.
"""

from multiprocessing import context, popen_spawn_posix, resource_tracker

context._default_context._default_context = context._concrete_contexts["spawn"]
for _method in "fork", "forkserver":
    del context._concrete_contexts[_method]
