"""The search process: people of organisations in memory, a child of the key agent that has nothing but one pipe."""
