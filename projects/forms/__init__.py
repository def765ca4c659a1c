"""Forms of the project pages. They parse; what is allowed is decided by the services."""
