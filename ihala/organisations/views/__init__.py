"""Pages of organisations: agreements, staff, working time, and the demo's door."""
