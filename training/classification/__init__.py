"""Any task that sorts issues into classes: bug, feature or question, for instance.

A configuration with ``[task]`` names the labels, the column that has them, and a column whose
values get a model each, or none for one model of all. Models are softmax regressions over terms,
frozen embeddings, facts and the opening date, fitted in seconds on a few hundred issues.

    table → texts → features → model → measure
"""
