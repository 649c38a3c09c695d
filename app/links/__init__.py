"""Links between tickets, and the agents who follow one."""
