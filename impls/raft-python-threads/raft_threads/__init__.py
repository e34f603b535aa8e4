"""Every node a thread with a queue."""
