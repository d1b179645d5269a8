"""`ihala names bench`: how well and how fast, on names the model never saw, beside other methods in the same run."""
