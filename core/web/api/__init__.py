"""What programs are served by: bodies and arguments read strictly, answers with their state, the OpenAPI document.

Not for the trade: which addresses there are stands in the `api` room of each package.
"""
