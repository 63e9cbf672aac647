"""Words from templates: the only room that knows Jinja2."""

from jobs.render.prompts import SHIPPED, prompt
from jobs.render.words import TEMPLATES, Mrkdwn, fenced, mrkdwn, neutral, render, unclosing

__all__ = ["SHIPPED", "TEMPLATES", "Mrkdwn", "fenced", "mrkdwn", "neutral", "prompt", "render", "unclosing"]
