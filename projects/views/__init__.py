"""Pages of projects: parse, call the service, answer."""
