"""Tools for whoever works on the code: catalogues of strings, checks, pictures.

Nothing here is part of the running application, and the application imports nothing from here.
"""
