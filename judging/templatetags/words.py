"""Words of judges for templates."""

from django import template

from judging.pages.sentences import sentence
from judging.pages.words import unscored_word, verdict_word

register = template.Library()
register.filter("verdict_word", verdict_word)
register.filter("unscored_word", unscored_word)
register.filter("sentence", sentence)
