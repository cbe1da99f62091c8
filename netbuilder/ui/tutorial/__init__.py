"""The tutorial: a first network in five steps, done in the real window."""
