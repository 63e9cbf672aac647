"""The worker: takes tasks from the queue, runs them under a lease, and speaks of them."""
