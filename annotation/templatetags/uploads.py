"""What the pages of an upload say."""

from django import template

from annotation.pages.hints import hint_shown

register = template.Library()
register.filter("hint_shown", hint_shown)
