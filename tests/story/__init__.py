"""Read these first: what the product does, told by people who use it, on the real stack.

Bot and worker are processes of their own; Slack, GitLab and the model are the playground's stand-ins.
"""
