"""What the Python implementations of the crud service share: everything that is neither web framework nor driver."""
