"""What the services share: settings, problem documents and log lines."""
