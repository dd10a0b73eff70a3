"""Some of the market's routes, written a second time with other frameworks over the same use cases: what the edge costs, compared.

Both do what our edge does: caller and role, form of ids, body and query through the same models, problem documents, headers. Only
the checks of hostile bodies (depth, lone surrogates) FastAPI leaves out: it reads bodies itself.
bench.cold and bench.latency measure them in the environment of requirements/bench.txt (`make bench`).
"""
