"""Question sets, metrics, runner and reports of results."""
