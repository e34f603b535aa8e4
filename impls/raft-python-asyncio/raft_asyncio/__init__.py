"""Every node a task of one event loop."""
