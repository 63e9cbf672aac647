"""Before a task: gate, intake, estimate."""
