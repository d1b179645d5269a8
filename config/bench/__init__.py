"""`ihala bench`: what the product does per second on this machine, beside what the machine itself can do.

A throwaway home with its own embedded PostgreSQL (durable, as in the demo) and the demo's server; people who sign in
with real passwords; prepared referrals. In the same run the same rows are written by raw psycopg, and a view that does
nothing is asked on the same server, so that a figure can be read on any machine. Nothing is asserted.
"""
