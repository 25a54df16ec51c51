"""What runs beside the commands: connections, the folder watcher, the rebuild process."""
