"""What the labels are worth: which to doubt, what more would buy, what else they tell."""
