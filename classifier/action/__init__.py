"""The Action's door: from an event on GitHub to a summary and, if asked, a comment or a label.

``run.py`` is the way through it. Issue text is hostile: it is scored, and leaves this package only
by ``inert.py``.
"""
