"""Who may enter and what they may do: users, roles bound to a scope, sign-in, sessions.

Not for the meaning of a right: each package names the rights it checks; `app.roles` grants them.
"""
