"""Long work: asked for in the transaction that needs it, done by a worker, told step by step, safe against a kill.

The row in the database is the queue, so a job exists exactly when what asked for it was committed. A worker takes it
under a lease and works in committed, resumable steps; a job whose worker died is taken up again from its last step.
"""
