"""Parts that run beside the commands: connections, watcher, follower, rebuild process."""
