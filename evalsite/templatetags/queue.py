"""The pages of the queue in the words of a language; RQ itself says them in English only."""

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_rq.templatetags.django_rq import job_status, rq_url

register = template.Library()
register.simple_tag(rq_url, takes_context=True)

WORDS: dict[str, Promise] = {
    "queued": pgettext_lazy("of a job", "waiting"),
    "started": pgettext_lazy("of a job", "running"),
    "finished": pgettext_lazy("of a job", "finished"),
    "failed": pgettext_lazy("of a job", "failed"),
    "deferred": pgettext_lazy("of a job", "waits for another"),
    "scheduled": pgettext_lazy("of a job", "scheduled"),
    "stopped": pgettext_lazy("of a job", "stopped"),
    "canceled": pgettext_lazy("of a job", "cancelled"),
    "busy": pgettext_lazy("of a worker", "working"),
    "idle": pgettext_lazy("of a worker", "idle"),
    "suspended": pgettext_lazy("of a worker", "suspended"),
    "successful": pgettext_lazy("of a job", "successful"),
    "retried": pgettext_lazy("of a job", "tried again"),
}
TITLES: dict[str, Promise] = {
    "Queued": _("Waiting jobs"),
    "Started": _("Running jobs"),
    "Finished": _("Finished jobs"),
    "Failed": _("Failed jobs"),
    "Scheduled": _("Scheduled jobs"),
    "Deferred": _("Jobs that wait for another"),
}
ACTIONS: dict[str, Promise] = {
    "delete": _("Delete"),
    "requeue": _("Queue again"),
    "stop": pgettext_lazy("a job", "Stop"),
}


@register.filter
def queue_word(state: Any) -> str:
    """A state of a job, a worker or a result."""
    said = str(getattr(state, "value", state) or "").lower()
    return str(WORDS.get(said, said))


@register.filter
def job_word(job: Any) -> str:
    """The state of a job, also of one that is gone."""
    return queue_word(job_status(job))  # type: ignore[no-untyped-call]


@register.filter
def jobs_title(status: str) -> str:
    """The heading over jobs in a state."""
    return str(TITLES.get(status, status))


@register.filter
def action_word(action: str) -> str:
    """What is about to be done with jobs."""
    return str(ACTIONS.get(action, action))
