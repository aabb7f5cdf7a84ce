"""GitHub's API, for sources, for the Action and for training; needs the extra ``github``.

It knows GitHub and nothing of models: what it returns are records, decoded JSON as GitHub gives
it. Import it where it is used, not at the top of what ``--help`` loads.
"""
