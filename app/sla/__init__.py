"""SLA: promises, and when they are due."""
