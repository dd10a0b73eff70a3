"""Some of the market's routes, written again with other frameworks over the same use cases, to compare the cost of the edge.

Both peers do what our edge does: caller and role, form of ids, body and query through the same models, problem documents,
headers. FastAPI reads bodies itself, so only the checks of hostile bodies (depth, lone surrogates) are missing there.
bench.cold and bench.latency measure them in the environment of requirements/bench.txt (`make bench`).
"""
