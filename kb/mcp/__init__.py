"""Tools for language models, by the Model Context Protocol: reading, and opening a draft.

The tools are plain functions over the API and the desk, tried without the protocol; only
`kb.mcp.server` needs the optional extra.
"""
