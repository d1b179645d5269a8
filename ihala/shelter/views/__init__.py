"""The pages of the shelter."""
