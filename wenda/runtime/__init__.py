"""What runs beside the commands: connections, watcher, follower, rebuild process."""
