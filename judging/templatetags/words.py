"""Words of judges for templates."""

from django import template

from judging.pages.words import unscored_word, verdict_word

register = template.Library()
register.filter("verdict_word", verdict_word)
register.filter("unscored_word", unscored_word)
